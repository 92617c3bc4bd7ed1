import Glibc

/// Which cores this process may use, and who gets which (taskset, of util-linux).
struct Cores: Sendable {
    /// Where the bridge runs; nil when it is not pinned.
    private(set) var bridge: Int?
    /// Where callbench runs.
    private(set) var bench: Int?

    /// Takes the first two cores there are; without two, or if not wanted, nobody is pinned.
    init(isPinned: Bool, log: String) {
        let all = Self.allowed
        guard isPinned, all.count > 1 else { return }
        // All threads there are; those made later inherit it.
        let words = ["taskset", "--all-tasks", "--cpu-list", "--pid", "\(all[1])", "\(getpid())"]
        guard (try? ChildProcess.run(words, output: log)) != nil else { return }
        (bridge, bench) = (all[0], all[1])
    }

    /// A command that runs where the bridge belongs, as the same process.
    func onBridgeCore(_ words: [String]) -> [String] {
        bridge.map { ["taskset", "--cpu-list", "\($0)"] + words } ?? words
    }

    /// The cores this process may use now.
    static var allowed: [Int] {
        let name = "Cpus_allowed_list:"
        let line = TextFile.lines(of: "/proc/self/status").first { $0.hasPrefix(name) }
        return line.map { list(String($0.dropFirst(name.count))) } ?? []
    }

    /// Reads a list as the kernel writes it: `0-2,5`.
    static func list(_ text: String) -> [Int] {
        text.split { $0 == "," || $0.isWhitespace }.flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return [] }
            return Array(first...last)
        }
    }
}
