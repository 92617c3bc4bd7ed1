import Glibc
import Instruments

/// The wish that a simulator end: SIGTERM or SIGINT.
package enum StopSignal {
    /// Keeps both signals for `wait`; to be called before any thread is started, because
    /// threads inherit what is blocked.
    package static func block() {
        var signals = both
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for either of them.
    package static func wait() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let thread = OwnThread("signals") {
                var signals = both
                var number: Int32 = 0
                sigwait(&signals, &number)
                continuation.resume()
            }
            // Without a thread nobody can wait: end at once.
            if let thread { thread.detach() } else { continuation.resume() }
        }
    }

    private static var both: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }
}
