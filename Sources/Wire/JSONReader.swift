import CSIMDJSON

/// Why a text is no JSON of ours.
package enum JSONError: Error, Sendable, Equatable {
    /// Nothing, or white space alone.
    case empty
    /// More than `JSON.bytesMax` bytes or `JSON.valuesMax` values.
    case tooLarge
    /// Nested deeper than `JSON.depthMax`.
    case tooDeep
    /// Not UTF-8 (RFC 8259 section 8.1).
    case notUTF8
    /// Not JSON (RFC 8259), an escaped surrogate alone, or a number beyond a Double.
    case malformed
}

extension JSON {
    /// Bytes of a text: a post-call recording in base64 is the largest that comes.
    package static let bytesMax = 32 * 1024 * 1024
    /// Values of a text, names included.
    package static let valuesMax = 512 * 1024
    /// Arrays and objects within each other; the number is simdjson's door's.
    package static let depthMax = 64

    /// Reads one whole text. Members keep their order, also those of the same name; integers
    /// beyond Int64 become numbers.
    package init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var tokens: UnsafePointer<json_token>?
        var count = 0
        let answer = json_read(
            bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count,
            Self.bytesMax, Self.valuesMax, &tokens, &count)
        switch Int(answer) {
        case json_is_read: break
        case json_is_empty: throw .empty
        case json_is_too_large, json_has_no_memory: throw .tooLarge
        case json_is_too_deep: throw .tooDeep
        case json_is_not_utf8: throw .notUTF8
        default: throw .malformed
        }
        var rest = UnsafeBufferPointer(start: tokens, count: count)[...]
        self = try Self.take(from: &rest)
    }

    /// Reads one whole text.
    package init(parsing bytes: RawSpan) throws(JSONError) {
        self = try bytes.withUnsafeBytes { bytes throws(JSONError) in try JSON(parsing: bytes) }
    }

    /// Reads one whole text.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        try self.init(parsing: bytes.span.bytes)
    }

    /// Reads one whole text.
    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    private static func take(
        from rest: inout Slice<UnsafeBufferPointer<json_token>>
    ) throws(JSONError) -> JSON {
        guard let token = rest.popFirst() else { throw .malformed }
        let count = Int(token.count)
        switch Int(token.kind) {
        case json_false: return .bool(false)
        case json_true: return .bool(true)
        case json_integer: return .integer(token.value.integer)
        case json_number: return .number(token.value.number)
        case json_string: return .string(text(token))
        case json_array:
            var elements: [JSON] = []
            elements.reserveCapacity(count)
            for _ in 0..<count { elements.append(try take(from: &rest)) }
            return .array(elements)
        case json_object:
            var members: [Member] = []
            members.reserveCapacity(count)
            for _ in 0..<count {
                guard let name = rest.popFirst() else { throw .malformed }
                members.append(Member(text(name), try take(from: &rest)))
            }
            return .object(members)
        default: return .null
        }
    }

    private static func text(_ token: json_token) -> String {
        let bytes = UnsafeRawBufferPointer(start: token.value.text, count: Int(token.count))
        return String(decoding: bytes, as: UTF8.self)
    }
}
