/// Elements, attributes and text, escaped; an attribute without a value is left out.
struct XMLWriter {
    private var bytes = Array(#"<?xml version="1.0" encoding="UTF-8"?>"#.utf8)

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// An element with what `body` writes in it; empty without a body.
    mutating func element(
        _ name: String, _ attributes: [(String, String?)],
        _ body: ((inout XMLWriter) -> Void)? = nil
    ) {
        add("<")
        add(name)
        for case (let key, let value?) in attributes {
            add(" ")
            add(key)
            add("=\"")
            escape(value)
            add("\"")
        }
        guard let body else { return add("/>") }
        add(">")
        body(&self)
        add("</")
        add(name)
        add(">")
    }

    /// An element with a text in it.
    mutating func element(_ name: String, _ attributes: [(String, String?)], text body: String) {
        element(name, attributes) { $0.escape(body) }
    }

    private mutating func add(_ part: String) { bytes += part.utf8 }

    /// Everything outside printable ASCII becomes a reference, so that line ends survive
    /// attribute normalization (XML 1.0 section 3.3.3); what XML cannot hold is left out.
    private mutating func escape(_ text: String) {
        // Addresses and tokens, which every answer is made of.
        if text.utf8.allSatisfy(Self.isPlain) { return add(text) }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": add("&amp;")
            case "<": add("&lt;")
            case ">": add("&gt;")
            case "\"": add("&quot;")
            case "'": add("&apos;")
            case " "..."~": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case "\t", "\n", "\r", "\u{7F}"..."\u{FFFD}", "\u{10000}"...:
                add("&#x\(String(scalar.value, radix: 16, uppercase: true));")
            default: break
            }
        }
    }

    /// Printable ASCII that means nothing in XML.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
            UInt8(ascii: "'"):
            false
        default: byte >= 0x20 && byte < 0x7F
        }
    }
}
