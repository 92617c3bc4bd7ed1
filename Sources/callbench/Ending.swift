import Console
import Glibc
import Instruments

/// Sees to it that nothing this program started outlives it, when somebody ends it.
struct Ending {
    private static var signals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        return set
    }

    /// To be made before other threads are: they inherit that these signals are blocked.
    init?() {
        var set = Self.signals
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let thread = OwnThread("signals") {
            var set = Self.signals
            var number: Int32 = 0
            sigwait(&set, &number)
            ChildProcess.endAll()
            Scratch.removeAll()
            // As a shell tells of a program that a signal ended.
            _exit(128 + number)
        }
        guard let thread else { return nil }
        thread.detach()
    }

    /// Ends what still lives.
    func endAll() {
        ChildProcess.endAll()
        Scratch.removeAll()
    }
}
