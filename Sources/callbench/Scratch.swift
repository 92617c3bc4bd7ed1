import Glibc
import Instruments
import Synchronization

/// A folder for what is thrown away at the end: certificates, logs, a program that was built.
struct Scratch: Sendable {
    private static let all = Mutex<[String]>([])

    let path: String

    init() throws(BenchFault) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/callbench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw BenchFault(.inputOutput, "\(base): \(String(cString: strerror(errno)))")
        }
        path = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        Self.all.withLock { [path] in $0.append(path) }
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Removes every folder made, with what lies in it.
    static func removeAll() {
        let paths = all.withLock { paths in
            defer { paths = [] }
            return paths
        }
        for path in paths {
            try? ChildProcess.run(["rm", "-rf", path], output: "/dev/null")
        }
    }
}

/// Small files of text.
enum TextFile {
    /// The lines of a file of at most a MiB; none when it cannot be read.
    static func lines(of path: String) -> [Substring] {
        guard let bytes = try? SmallFile.read(path, bytesMax: 1 << 20) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    /// The last bytes of a file, on one line; empty when there is none.
    static func tail(of path: String, bytes: Int) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        lseek(descriptor, max(0, lseek(descriptor, 0, SEEK_END) - bytes), SEEK_SET)
        var buffer = [UInt8](repeating: 0, count: bytes)
        let count = read(descriptor, &buffer, bytes)
        let lines = buffer.prefix(max(0, count)).split(separator: UInt8(ascii: "\n"))
        return lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " | ")
    }

    /// Writes a whole file.
    static func write(_ bytes: [UInt8], to path: String) throws(BenchFault) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw BenchFault(.inputOutput, "\(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                throw BenchFault(.inputOutput, "\(path): \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
    }
}
