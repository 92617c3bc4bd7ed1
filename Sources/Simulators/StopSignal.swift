import Glibc
import Instruments

/// The wish that a simulator end: SIGTERM or SIGINT.
///
/// A handler and not a blocked signal with sigwait: libdispatch empties the main thread's mask
/// when it parks it.
package enum StopSignal {
    // Safe because it is set up once, and posting is all a handler may do (sem_post(3) is
    // async-signal-safe).
    nonisolated(unsafe) private static let bell: UnsafeMutablePointer<sem_t> = {
        let bell = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        sem_init(bell, 0, 0)
        return bell
    }()

    /// Catches both signals from now on.
    package static func catchBoth() {
        _ = bell
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in sem_post(StopSignal.bell) }
        }
        // A peer that is gone is told by write(2), not by the end of the process.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for either of them.
    package static func wait() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let thread = OwnThread("signals") {
                while sem_wait(bell) != 0, errno == EINTR {}
                continuation.resume()
            }
            // Without a thread nobody can wait: end at once.
            if let thread { thread.detach() } else { continuation.resume() }
        }
    }
}
