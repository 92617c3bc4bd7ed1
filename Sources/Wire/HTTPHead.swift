import CHTTPParser

/// Turns a checked head into values by way of http-parser.
enum HTTPHead {
    /// The request and framing of a whole head; path and query are kept byte for byte. An
    /// authority within the target takes the place of Host (RFC 9112 section 3.2.2).
    static func request(
        _ head: UnsafeRawBufferPointer, _ limits: HTTPLimits
    ) throws(HTTPFailure) -> (HTTPRequest, HTTPFraming) {
        let check = try HTTPPreCheck(request: head)
        var (parts, fields) = try read(head, isResponse: false, limits)
        let (target, authority) = check.target.read(bytes(head, parts.target), method: check.method)
        if let authority { fields["Host"] = authority }
        let request = HTTPRequest(method: check.method, target: target, fields: fields)
        let framing = HTTPFraming(
            body: body(parts) ?? .none, minorVersion: Int(parts.version_minor),
            keepsAlive: parts.keeps_alive,
            asksUpgrade: parts.asks_upgrade && parts.version_minor == 1,
            expectsContinue: check.expectsContinue)
        return (request, framing)
    }

    /// The response and framing of a whole head that answers a GET.
    static func response(
        _ head: UnsafeRawBufferPointer, _ limits: HTTPLimits
    ) throws(HTTPFailure) -> (HTTPResponse, HTTPFraming) {
        _ = try HTTPPreCheck(response: head)
        let (parts, fields) = try read(head, isResponse: true, limits)
        let status = Int(parts.status)
        let isBare = status < 200 || status == 204 || status == 304
        let framing = HTTPFraming(
            body: isBare ? .none : body(parts) ?? .untilClose,
            minorVersion: Int(parts.version_minor), keepsAlive: parts.keeps_alive,
            asksUpgrade: status == 101, expectsContinue: false)
        return (HTTPResponse(status: status, fields: fields), framing)
    }

    private static func body(_ parts: head_parts) -> HTTPFraming.Body? {
        if parts.is_chunked { return .chunked }
        guard parts.has_content_length else { return nil }
        return parts.content_length == 0
            ? HTTPFraming.Body.none : .counted(Int(parts.content_length))
    }

    /// Fields in their order; what is not UTF-8 in a value becomes U+FFFD.
    private static func read(
        _ head: UnsafeRawBufferPointer, isResponse: Bool, _ limits: HTTPLimits
    ) throws(HTTPFailure) -> (head_parts, HTTPFields) {
        var parts = head_parts()
        var names = [head_span](repeating: head_span(), count: limits.fieldsMax)
        var values = names
        let answer = head_read(
            head.baseAddress?.assumingMemoryBound(to: CChar.self), head.count, isResponse,
            &names, &values, UInt32(limits.fieldsMax), &parts)
        guard answer == head_is_whole else {
            throw HTTPFailure(400, String(cString: head_problem(answer)))
        }
        var fields = HTTPFields()
        for (name, value) in zip(names, values).prefix(Int(parts.field_count)) {
            let value = HTTPToken.trimmed(bytes(head, value))
            fields.append(text(head, name), String(decoding: value, as: UTF8.self))
        }
        return (parts, fields)
    }

    private static func bytes(
        _ head: UnsafeRawBufferPointer, _ span: head_span
    ) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: head[Int(span.start)..<Int(span.start + span.count)])
    }

    private static func text(_ head: UnsafeRawBufferPointer, _ span: head_span) -> String {
        String(decoding: bytes(head, span), as: UTF8.self)
    }
}
