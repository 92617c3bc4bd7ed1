import Glibc

/// Why a small file could not be read.
package enum SmallFileFault: Error, Equatable {
    /// The system's number for the reason (errno).
    case unreadable(Int32)
    /// It has more bytes than the reader allows.
    case overLimit(Int)

    /// True when there is no such file.
    package var isAbsent: Bool { self == .unreadable(ENOENT) }

    /// The reason in words.
    package var reason: String {
        switch self {
        case .unreadable(let code): String(cString: strerror(code))
        case .overLimit(let limit): "larger than \(limit) bytes"
        }
    }
}

/// Reads files of a known small size: settings, credentials, the kernel's own pages.
package enum SmallFile {
    /// All bytes of the file, or a fault when there are more than `bytesMax`; blocks.
    package static func read(_ path: String, bytesMax: Int) throws(SmallFileFault) -> [UInt8] {
        // Non-blocking, so that a pipe put in the file's place cannot hang the start.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(errno) }
            guard count > 0 else { break }
            filled += count
        }
        guard filled <= bytesMax else { throw .overLimit(bytesMax) }
        return Array(bytes[..<filled])
    }
}
