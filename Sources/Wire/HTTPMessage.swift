/// Header fields in the order they came; names compare without case (RFC 9110 section 5.1).
package struct HTTPFields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One field line.
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    /// Every field line, in order.
    package private(set) var all: [Field] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        all = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first value under a name; setting replaces every field of that name.
    package subscript(_ name: String) -> String? {
        get { all.first { Self.same($0.name, name) }?.value }
        set {
            all.removeAll { Self.same($0.name, name) }
            if let newValue { all.append(Field(name: name, value: newValue)) }
        }
    }

    /// Every value under a name.
    package func values(_ name: String) -> [String] {
        all.filter { Self.same($0.name, name) }.map(\.value)
    }

    /// Adds a field line, keeping those of the same name.
    package mutating func append(_ name: String, _ value: String) {
        all.append(Field(name: name, value: value))
    }

    /// ASCII case-insensitive equality.
    package static func same(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        return zip(a.utf8, b.utf8).allSatisfy { lower($0) == lower($1) }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}

extension HTTPFields: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[\(all.map(\.description).joined(separator: ", "))]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Printed with a mark in the place of a value that lets somebody in, or vouches for him.
extension HTTPFields.Field: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private static let secrets = [
        "Authorization", "Proxy-Authorization", "xi-api-key", "X-API-Key", "Cookie", "Set-Cookie",
        "X-Twilio-Signature",
    ]

    package var description: String {
        let isSecret = Self.secrets.contains { HTTPFields.same($0, name) }
        return "\(name): \(isSecret ? "(secret)" : value)"
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A request as read or to be written; `target` is kept byte for byte, because Twilio signs it.
package struct HTTPRequest: Sendable, Equatable {
    package var method: String
    /// The request target as on the wire: path and, after `?`, the query.
    package var target: String
    package var fields: HTTPFields
    package var body: [UInt8]
    /// The peer's address as text ("127.0.0.1", "unix"), set by the server.
    package var peer: String = ""

    package init(
        method: String, target: String, fields: HTTPFields = [:], body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }

    /// The target up to `?`, still percent-encoded.
    package var path: Substring { target.prefix { $0 != "?" } }
    /// What follows the first `?`, still percent-encoded; nil when there is none.
    package var query: Substring? {
        target.firstIndex(of: "?").map { target[target.index(after: $0)...] }
    }
}

/// A response as read or to be written.
package struct HTTPResponse: Sendable, Equatable {
    package var status: Int
    package var fields: HTTPFields
    package var body: [UInt8]

    package init(status: Int, fields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    package init(status: Int, type: String, text: String) {
        self.init(status: status, fields: ["Content-Type": type], body: Array(text.utf8))
    }
}
