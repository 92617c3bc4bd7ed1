/// One event of a `text/event-stream` (HTML Standard, section 9.2 "Server-sent events").
package struct ServerSentEvent: Sendable, Equatable {
    /// The stream's media type; it is always UTF-8.
    package static let contentType = "text/event-stream"
    /// A comment that keeps proxies from closing a silent stream.
    package static let heartbeat: [UInt8] = Array(":\n\n".utf8)

    /// What listeners are registered for; nil is the reader's "message".
    package var name: String?
    /// What the reader sends back as `Last-Event-ID` when it comes again.
    package var id: String?
    /// How long the reader shall wait before it comes again.
    package var retry: Duration?
    /// The text; the reader sees every line end in it as a line feed.
    package var data: String

    package init(
        name: String? = nil, id: String? = nil, retry: Duration? = nil, data: String
    ) {
        self.name = name
        self.id = id
        self.retry = retry
        self.data = data
    }

    /// The event as it goes over the wire, with the empty line that ends it.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.utf8.count + 64)
        if let name { Self.append("event: ", Self.oneLine(name), to: &bytes) }
        if let id { Self.append("id: ", Self.oneLine(id), to: &bytes) }
        if let retry {
            let (seconds, attoseconds) = retry.components
            let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
            Self.append("retry: ", String(milliseconds).utf8, to: &bytes)
        }
        var line: [UInt8] = []
        var wasReturn = false
        for byte in data.utf8 {
            // A line feed behind a carriage return belongs to the line end already written.
            let ends = byte == 0x0D || (byte == 0x0A && !wasReturn)
            if ends {
                Self.append("data: ", line, to: &bytes)
                line.removeAll(keepingCapacity: true)
            } else if byte != 0x0A {
                line.append(byte)
            }
            wasReturn = byte == 0x0D
        }
        Self.append("data: ", line, to: &bytes)
        bytes.append(0x0A)
        return bytes
    }

    private static func append(
        _ field: StaticString, _ value: some Sequence<UInt8>, to bytes: inout [UInt8]
    ) {
        field.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: value)
        bytes.append(0x0A)
    }

    /// Names and ids end at a line end, and an id with NUL is ignored by readers: such bytes
    /// are left out, lest a value opens a field of its own.
    private static func oneLine(_ text: String) -> [UInt8] {
        text.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0 }
    }
}
