import CHTTPParser

/// Why a message cannot be written: the fault is ours, and no byte of it goes out.
package enum HTTPWriterError: Error, Sendable, Equatable {
    /// The method is no token, the target no printable ASCII, or the status not of three digits.
    case startLine
    /// A field's name is no token (RFC 9110 section 5.1).
    case name(String)
    /// A value under this name has CR, LF, NUL or another control byte: header injection.
    case value(of: String)
    /// Content-Length and Transfer-Encoding are the writer's to say.
    case framing
}

/// Requests and responses → bytes.
///
/// The writer alone says how long a body is and whether the connection lives on; the fields of a
/// message hold the rest. Nothing in a value can begin a new line.
package enum HTTPWriter {
    /// How the body that follows a head is told.
    package enum Body: Sendable, Equatable {
        /// No body and no word about it: 1xx, 204, 304, a GET.
        case none
        case counted(Int)
        case chunked
    }

    /// The interim response that asks for the body (RFC 9110 section 15.2.1).
    package static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    /// The chunk that ends a chunked body (RFC 9112 section 7.1).
    package static let lastChunk = Array("0\r\n\r\n".utf8)

    /// A whole response: head, and its body unless it answers HEAD; `date` as `HTTPDate` says it.
    package static func response(
        _ response: HTTPResponse, toHEAD: Bool = false, keepsAlive: Bool = true,
        date: String? = nil
    ) throws(HTTPWriterError) -> [UInt8] {
        let isBare = response.status < 200 || response.status == 204 || response.status == 304
        var bytes = try head(
            of: response, body: isBare ? .none : .counted(response.body.count),
            keepsAlive: keepsAlive, date: date)
        if !toHEAD && !isBare { bytes += response.body }
        return bytes
    }

    /// A response's head; its body, if any, is the caller's to send as told.
    package static func head(
        of response: HTTPResponse, body: Body, keepsAlive: Bool = true, date: String? = nil
    ) throws(HTTPWriterError) -> [UInt8] {
        guard (100...599).contains(response.status) else { throw .startLine }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes += "HTTP/1.1 \(response.status) \(phrase(response.status))\r\n".utf8
        if let date, response.fields["Date"] == nil { try field("Date", date, to: &bytes) }
        try fields(response.fields, without: keepsAlive ? nil : "connection", to: &bytes)
        if !keepsAlive { bytes += "Connection: close\r\n".utf8 }
        end(body, to: &bytes)
        return bytes
    }

    /// What a status is called (RFC 9110 section 15); "" for one that we do not know.
    static func phrase(_ status: Int) -> String {
        let phrase = String(cString: head_status_phrase(Int32(clamping: status)))
        return phrase == "<unknown>" ? "" : phrase
    }

    /// A whole request; `host` becomes its Host unless the fields name one.
    package static func request(
        _ request: HTTPRequest, host: String
    ) throws(HTTPWriterError) -> [UInt8] {
        let saysLength = !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method)
        var bytes = try head(
            of: request, host: host, body: saysLength ? .counted(request.body.count) : .none)
        bytes += request.body
        return bytes
    }

    /// A request's head; its body, if any, is the caller's to send as told.
    package static func head(
        of request: HTTPRequest, host: String, body: Body
    ) throws(HTTPWriterError) -> [UInt8] {
        let target = request.target.utf8
        guard !request.method.isEmpty, request.method.utf8.allSatisfy(HTTPToken.isToken),
            target.first == UInt8(ascii: "/"),
            target.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
        else { throw .startLine }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes += "\(request.method) \(request.target) HTTP/1.1\r\n".utf8
        if request.fields["Host"] == nil { try field("Host", host, to: &bytes) }
        try fields(request.fields, without: nil, to: &bytes)
        end(body, to: &bytes)
        return bytes
    }

    /// One chunk of a chunked body (RFC 9112 section 7.1); no bytes make no chunk.
    package static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        return Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A]
    }

    private static func fields(
        _ fields: HTTPFields, without skipped: String?, to bytes: inout [UInt8]
    ) throws(HTTPWriterError) {
        for each in fields.all {
            guard !HTTPFields.same(each.name, "content-length"),
                !HTTPFields.same(each.name, "transfer-encoding")
            else { throw .framing }
            if let skipped, HTTPFields.same(each.name, skipped) { continue }
            try field(each.name, each.value, to: &bytes)
        }
    }

    private static func field(
        _ name: String, _ value: String, to bytes: inout [UInt8]
    ) throws(HTTPWriterError) {
        guard !name.isEmpty, name.utf8.allSatisfy(HTTPToken.isToken) else { throw .name(name) }
        guard value.utf8.allSatisfy(HTTPHeadScanner.isText) else { throw .value(of: name) }
        bytes += name.utf8
        bytes += ": ".utf8
        bytes += value.utf8
        bytes += "\r\n".utf8
    }

    private static func end(_ body: Body, to bytes: inout [UInt8]) {
        switch body {
        case .none: bytes += "\r\n".utf8
        case .counted(let count): bytes += "Content-Length: \(count)\r\n\r\n".utf8
        case .chunked: bytes += "Transfer-Encoding: chunked\r\n\r\n".utf8
        }
    }
}
