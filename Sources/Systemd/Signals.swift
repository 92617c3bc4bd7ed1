import Glibc
import Instruments

/// What the machine or its operator asks of the process.
package enum Signal: Int32, Sendable, CaseIterable {
    /// SIGHUP: read the configuration again.
    case hangUp = 1
    /// SIGINT: stop, asked at a keyboard.
    case interrupt = 2
    /// SIGTERM: stop, asked by the manager.
    case terminate = 15
}

/// Signals as a stream of values: one thread waits for them, all others have them blocked.
package enum Signals {
    /// Signals kept while nobody reads; more than that say nothing new.
    private static let waitingMax = 16

    /// Blocks the three for this thread and all threads it will start, and ignores SIGPIPE: a
    /// peer that has gone is an error of one connection. Call it first of all in `main`.
    package static func block() {
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Every signal from now on; nil when the machine has no thread to give. `block` must have
    /// been called before the first thread was started.
    package static func stream() -> AsyncStream<Signal>? { listen()?.stream }

    /// The stream and the thread behind it, which ends after the stream has.
    static func listen() -> (stream: AsyncStream<Signal>, thread: OwnThread)? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Signal.self, bufferingPolicy: .bufferingNewest(waitingMax))
        let isOver = Monitor(false)
        let thread = OwnThread("signals") {
            var set = Self.set
            var number: Int32 = 0
            while true {
                guard sigwait(&set, &number) == 0, let signal = Signal(rawValue: number) else {
                    continue
                }
                if isOver.withLock({ $0 }) { return }
                continuation.yield(signal)
            }
        }
        guard let thread else { return nil }
        // The thread is neither joined nor detached, so that its handle stays valid here.
        continuation.onTermination = { _ in
            isOver.withLock { $0 = true }
            thread.signal(Signal.hangUp.rawValue)
        }
        return (stream, thread)
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in Signal.allCases { sigaddset(&set, signal.rawValue) }
        return set
    }
}
