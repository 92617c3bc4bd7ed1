import Glibc

/// Sees to it that nothing this program started or wrote for itself outlives it.
enum Ending {
    private static var signals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        return set
    }

    /// To be called before other threads are made: they inherit that these signals wait.
    static func prepare() {
        var set = signals
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits until somebody ends this program, tidies up and leaves.
    static func await() -> Never {
        var set = signals
        var number: Int32 = 0
        sigwait(&set, &number)
        tidy()
        // As a shell tells of a program that a signal ended.
        _exit(128 + number)
    }

    /// Ends what still lives, removes what was written.
    static func tidy() {
        ChildProcess.endAll()
        Scratch.removeAll()
    }
}
