import Glibc

/// Lines for a person's eyes on a file descriptor, standard error by default.
package struct StandardErrorSink: SlowLogSink {
    private let descriptor: Int32
    private let format: LineFormat

    /// Writes to `descriptor`; colour when that is a terminal which can show it.
    package init(descriptor: Int32 = STDERR_FILENO, environment: [String: String] = [:]) {
        let wantsNone = environment["NO_COLOR"] != nil || environment["TERM"] == "dumb"
        self.descriptor = descriptor
        self.format = LineFormat(isColoured: isatty(descriptor) == 1 && !wantsNone)
    }

    package func write(_ line: SaidLine) -> Bool {
        writeAll(Array(format.text(of: line).utf8) + [UInt8(ascii: "\n")])
    }

    private func writeAll(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Another program made the shared terminal or pipe non-blocking.
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
