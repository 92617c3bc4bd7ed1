import Glibc

/// How a program ends; the numbers are sysexits.h's, which systemd and mailers know.
package enum ExitCode: Int32, Sendable, CaseIterable {
    case success = 0
    /// Ran, and what it tested or tried did not hold.
    case failure = 1
    /// Called wrongly (EX_USAGE).
    case usage = 64
    /// Somebody it needs is not there (EX_UNAVAILABLE).
    case unavailable = 69
    /// A fault of its own (EX_SOFTWARE).
    case software = 70
    /// Reading or writing failed (EX_IOERR).
    case inputOutput = 74
    /// The configuration is wrong (EX_CONFIG).
    case configuration = 78

    /// Ends the process with this code.
    ///
    /// `exit` would run what libraries left to be run at the end (OpenSSL's clean-up frees its
    /// tables) beside loops and other threads that still use them. So what was printed is flushed,
    /// and the kernel does the rest.
    package func leave() -> Never {
        fflush(nil)
        _exit(rawValue)
    }
}
