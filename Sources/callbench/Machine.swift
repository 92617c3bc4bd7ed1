import Glibc

/// What it was measured on.
struct Machine: Sendable {
    let processor: String
    let cores: Int
    let kernel: String
    let congestionControl: String

    init(cores: Int) {
        processor = Self.processorName
        self.cores = cores
        var name = utsname()
        uname(&name)
        kernel = withUnsafeBytes(of: name.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        congestionControl =
            Self.words("/proc/sys/net/ipv4/tcp_congestion_control").first.map(String.init) ?? "?"
    }

    /// Load of the last minute: what else the machine is doing.
    static var load: String { words("/proc/loadavg").first.map(String.init) ?? "?" }

    private static var processorName: String {
        // cpuinfo has about 1.5 KiB for each core.
        let line = TextFile.lines(of: "/proc/cpuinfo").first { $0.hasPrefix("model name") }
        let value = line?.split(separator: ":", maxSplits: 1).last?.drop { $0 == " " }
        return value.map(String.init) ?? "unknown processor"
    }

    private static func words(_ path: String) -> [Substring] {
        TextFile.lines(of: path).first?.split(separator: " ") ?? []
    }
}
