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
    /// Not now; worth another attempt (EX_TEMPFAIL).
    case temporary = 75
    /// The configuration is wrong (EX_CONFIG).
    case configuration = 78

    /// Ends the process with this code.
    package func leave() -> Never { exit(rawValue) }
}
