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
        // In 64 bits, which hold nanoseconds of 292 years, and one multiplication: it is read with
        // every frame, and `Duration`'s own addition is a call into the standard library.
        let nanoseconds = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        return Duration(attoseconds: Int128(nanoseconds) &* 1_000_000_000)
    }
}
