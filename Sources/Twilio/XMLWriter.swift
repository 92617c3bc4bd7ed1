/// Elements, attributes and text, escaped; an attribute without a value is left out.
struct XMLWriter {
    private(set) var text = #"<?xml version="1.0" encoding="UTF-8"?>"#

    /// An element with what `body` writes in it; empty without a body.
    mutating func element(
        _ name: String, _ attributes: [(String, String?)],
        _ body: ((inout XMLWriter) -> Void)? = nil
    ) {
        text += "<\(name)"
        for case (let key, let value?) in attributes {
            text += " \(key)=\"\(Self.escaped(value))\""
        }
        guard let body else {
            text += "/>"
            return
        }
        text += ">"
        body(&self)
        text += "</\(name)>"
    }

    /// An element with a text in it.
    mutating func element(_ name: String, _ attributes: [(String, String?)], text body: String) {
        element(name, attributes) { $0.text += Self.escaped(body) }
    }

    /// Everything outside printable ASCII becomes a reference, so that line ends survive
    /// attribute normalization (XML 1.0 section 3.3.3); what XML cannot hold is left out.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case " "..."~": result.unicodeScalars.append(scalar)
            case "\t", "\n", "\r", "\u{7F}"..."\u{FFFD}", "\u{10000}"...:
                result += "&#x\(String(scalar.value, radix: 16, uppercase: true));"
            default: break
            }
        }
        return result
    }
}
