import Glibc

/// Which cores this process may use, and who gets which.
struct Cores: Sendable {
    /// Where the bridge runs; nil when it is not pinned.
    let bridge: Int?
    /// Where callbench runs.
    let bench: Int?

    /// Takes the first two cores there are; without two, or if not wanted, nobody is pinned.
    init(isPinned: Bool) {
        let all = Self.allowed
        bridge = isPinned && all.count > 1 ? all[0] : nil
        bench = isPinned && all.count > 1 ? all[1] : nil
        // Threads made later inherit it.
        if let bench { Self.pin(to: [bench]) }
    }

    /// The cores this thread may use now.
    static var allowed: [Int] {
        var set = cpu_set_t()
        guard sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else { return [] }
        return withUnsafeBytes(of: set) { bytes in
            (0..<bytes.count * 8).filter { bytes[$0 / 8] & 1 << ($0 % 8) != 0 }
        }
    }

    /// Runs `work` with the calling thread on one core, which what it starts there inherits.
    static func pinned<Result>(to core: Int?, _ work: () -> Result) -> Result {
        guard let core else { return work() }
        let before = allowed
        pin(to: [core])
        defer { pin(to: before) }
        return work()
    }

    private static func pin(to cores: [Int]) {
        var set = cpu_set_t()
        withUnsafeMutableBytes(of: &set) { bytes in
            for core in cores where core / 8 < bytes.count { bytes[core / 8] |= 1 << (core % 8) }
        }
        sched_setaffinity(0, MemoryLayout<cpu_set_t>.size, &set)
    }
}
