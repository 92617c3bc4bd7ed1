import Glibc

/// Where a program's results go: files, standard output, standard error.
package enum Output {
    /// Writes the bytes beside the path and renames them into place, so that whoever waits for
    /// the file never reads half of it; false when the system refuses (errno tells why).
    package static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let draft = "\(path).\(getpid()).part"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return false }
        let isWritten = writeAll(bytes, to: descriptor)
        let isClosed = close(descriptor) == 0
        guard isWritten, isClosed, rename(draft, path) == 0 else {
            unlink(draft)
            return false
        }
        return true
    }

    /// Says a line on standard output, at once: a program may be reading it. False when nobody
    /// does any more.
    @discardableResult
    package static func say(_ text: String, terminator: String = "\n") -> Bool {
        writeAll(Array((text + terminator).utf8), to: STDOUT_FILENO)
    }

    /// Says a line on standard error.
    package static func complain(_ text: String, terminator: String = "\n") {
        _ = writeAll(Array((text + terminator).utf8), to: STDERR_FILENO)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                Glibc.write(descriptor, all.baseAddress.map { $0 + written }, all.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }
}
