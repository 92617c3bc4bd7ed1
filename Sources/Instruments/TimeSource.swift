import Glibc

/// Where the time comes from: the machine's clocks, or a test's hands.
package protocol TimeSource: Sendable {
    /// Time since an arbitrary origin; never goes back (CLOCK_MONOTONIC).
    var now: Duration { get }
    /// Time since 1970-01-01T00:00:00Z; may jump (CLOCK_REALTIME).
    var wallClock: Duration { get }
}

/// The machine's own clocks.
package struct SystemTime: TimeSource {
    package init() {}

    package var now: Duration { Self.read(CLOCK_MONOTONIC) }
    package var wallClock: Duration { Self.read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
