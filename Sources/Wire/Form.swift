/// Why a form or query string was refused.
package enum FormError: Error, Sendable, Equatable {
    /// A `%` without two hexadecimal digits behind it.
    case percent
    /// A name or value is not UTF-8 once decoded.
    case notUTF8
    /// More than `Form.pairsMax` pairs.
    case tooMany
}

extension FormError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .percent: "a % lacks its two hexadecimal digits"
        case .notUTF8: "a name or value is not UTF-8"
        case .tooMany: "there are more than \(Form.pairsMax) names"
        }
    }
}

/// Names and values of `application/x-www-form-urlencoded` bodies and of query strings.
///
/// Order, repeated names and empty values are kept, because Twilio signs them all. What is not
/// UTF-8 is refused rather than repaired: a repaired value would no longer be what was signed.
package struct Form: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One name and its value.
    package struct Pair: Sendable, Equatable {
        /// The name, decoded.
        package var name: String
        /// The value, decoded; "" when there is none.
        package var value: String

        /// A pair of decoded texts.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Pairs of a form; Twilio's webhooks have about 40.
    package static let pairsMax = 512

    /// The pairs in their order.
    package private(set) var pairs: [Pair] = []

    /// A form without pairs.
    package init() {}

    /// The pairs of a literal, in its order.
    package init(dictionaryLiteral elements: (String, String)...) {
        pairs = elements.map { Pair($0.0, $0.1) }
    }

    /// Reads a body; empty pairs (`a=1&&b=2`) are passed over, a name without `=` has "".
    package init(parsing bytes: [UInt8]) throws(FormError) {
        try self.init(parsing: bytes[...])
    }

    /// Reads a query string, without its `?`.
    package init(parsing text: Substring) throws(FormError) {
        try self.init(parsing: Array(text.utf8)[...])
    }

    /// Reads the query of a request; empty when it has none.
    package init(queryOf request: HTTPRequest) throws(FormError) {
        try self.init(parsing: request.query ?? "")
    }

    private init(parsing bytes: ArraySlice<UInt8>) throws(FormError) {
        for part in bytes.split(separator: UInt8(ascii: "&")) {
            guard pairs.count < Self.pairsMax else { throw .tooMany }
            let name = part.prefix { $0 != UInt8(ascii: "=") }
            let value = part[name.endIndex...].dropFirst()
            pairs.append(
                Pair(
                    try PercentCoding.decode(name, plusIsSpace: true),
                    try PercentCoding.decode(value, plusIsSpace: true)))
        }
    }

    /// The first value under a name, compared byte for byte.
    package subscript(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// Every value under a name.
    package func values(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    /// Adds a pair.
    package mutating func append(_ name: String, _ value: String) {
        pairs.append(Pair(name, value))
    }

    /// The encoded text: letters, digits and `*-._` stay, a space becomes `+`.
    package var text: String {
        let parts = pairs.map { pair in
            PercentCoding.encodeForm(pair.name) + "=" + PercentCoding.encodeForm(pair.value)
        }
        return parts.joined(separator: "&")
    }

    /// The encoded text as a body's bytes.
    package var bytes: [UInt8] { Array(text.utf8) }
}

/// `%XX` (RFC 3986 section 2.1).
package enum PercentCoding {
    /// Decodes a path segment; nil when a `%` is broken or the result is not UTF-8.
    package static func decoded(_ text: Substring) -> String? {
        try? decode(Array(text.utf8)[...], plusIsSpace: false)
    }

    /// Encodes a path segment or query value: only unreserved letters stay as they are.
    package static func encoded(_ text: String) -> String {
        encode(text, spaceIsPlus: false) {
            HTTPToken.isAlphanumeric($0) || "-._~".utf8.contains($0)
        }
    }

    fileprivate static func encodeForm(_ text: String) -> String {
        encode(text, spaceIsPlus: true) { HTTPToken.isAlphanumeric($0) || "*-._".utf8.contains($0) }
    }

    fileprivate static func decode(
        _ bytes: ArraySlice<UInt8>, plusIsSpace: Bool
    ) throws(FormError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "+"), plusIsSpace {
                decoded.append(0x20)
            } else if byte == UInt8(ascii: "%") {
                guard bytes.endIndex - index >= 2, let high = HTTPToken.hexValue(bytes[index]),
                    let low = HTTPToken.hexValue(bytes[index + 1])
                else { throw .percent }
                decoded.append(high << 4 | low)
                index += 2
            } else {
                decoded.append(byte)
            }
        }
        guard let text = String(validating: decoded, as: UTF8.self) else { throw .notUTF8 }
        return text
    }

    private static func encode(
        _ text: String, spaceIsPlus: Bool, _ stays: (UInt8) -> Bool
    ) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if stays(byte) {
                encoded.append(byte)
            } else if byte == 0x20, spaceIsPlus {
                encoded.append(UInt8(ascii: "+"))
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
