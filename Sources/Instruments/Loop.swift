/// One thread on which calls live: an executor for actors, with a clock and timers.
///
/// `Net`'s `EventLoop` is the real one; simulations use a stand-in with virtual time.
package protocol Loop: SerialExecutor {
    /// This loop's monotonic and wall clocks.
    var time: any TimeSource { get }
    /// The time on this loop's monotonic clock.
    var now: Duration { get }
    /// True on the loop's own thread.
    var isCurrent: Bool { get }
    /// Where non-isolated asynchronous work of this loop runs: `Task(executorPreference:)`.
    var tasks: any TaskExecutor { get }
    /// A timer that calls `fire` on this loop; it is disarmed until `arm(at:)`.
    func makeTimer(_ fire: @escaping @Sendable () -> Void) -> any LoopTimer
    /// Runs `work` on this loop's thread, soon; never inside this call. From any thread.
    func run(_ work: @escaping @Sendable () -> Void)
}

extension Loop {
    /// The time on this loop's monotonic clock.
    package var now: Duration { time.now }
}

/// One alarm on one loop; to be used on that loop's thread only.
package protocol LoopTimer: AnyObject, Sendable {
    /// Fires once when the loop's clock reaches `deadline`; replaces what was set before.
    func arm(at deadline: Duration)
    /// Fires no more until armed again.
    func disarm()
}
