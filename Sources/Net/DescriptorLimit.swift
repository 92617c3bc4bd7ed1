import Glibc

/// How many descriptors this process may have: sockets, for the most part (getrlimit(2)).
package enum DescriptorLimit {
    /// What a shell gives when nobody asks for more, so that programs that call select(2), which
    /// knows no higher number, keep working. None of ours does.
    private static let usual = 1_024

    /// Takes as many as the machine allows; returns how many that is.
    @discardableResult
    package static func raise() -> Int {
        let what = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(what, &limit) == 0 else { return usual }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let now = setrlimit(what, &limit) == 0 ? limit.rlim_max : before
        return Int(clamping: now)
    }
}
