/// Blanks out of Swift source whatever is not code, keeping every line where it is.
struct Eraser {
    private let text: [UInt8]
    private var output: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) {
        self.text = text
        output = text
    }

    /// The text with comments, the insides of quotes and of backticks blank.
    mutating func erased() -> [UInt8] {
        readCode(until: nil)
        return output
    }

    /// Reads code to the end, or to the parenthesis that closes an interpolation.
    private mutating func readCode(until closing: UInt8?) {
        var depth = 0
        while position < text.count {
            if at("//") {
                while position < text.count, text[position] != UInt8(ascii: "\n") { blank() }
            } else if at("/*") {
                readBlockComment()
            } else if let hashes = hashesBeforeQuote() {
                position += hashes
                readQuote(hashes: hashes)
            } else if at("`") {
                position += 1
                while position < text.count, !at("`") { blank() }
                position += 1
            } else {
                if at("(") { depth += 1 }
                if let closing, text[position] == closing {
                    if depth == 0 { return }
                    depth -= 1
                }
                position += 1
            }
        }
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            if at("/*") {
                depth += 1
                blank(2)
            } else if at("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < text.count
    }

    /// Reads from the opening quotation mark to behind the closing one.
    private mutating func readQuote(hashes: Int) {
        let fence = String(repeating: "#", count: hashes)
        let mark = at("\"\"\"") ? "\"\"\"" : "\""
        position += mark.utf8.count
        while position < text.count, !at(mark + fence) {
            if at("\\" + fence + "(") {
                blank(hashes + 2)
                readCode(until: UInt8(ascii: ")"))
                blank()
            } else if at("\\" + fence) {
                blank(hashes + 2)
            } else {
                blank()
            }
        }
        position = min(position + mark.utf8.count + hashes, text.count)
    }

    /// How many `#` stand before a quotation mark here; nil when no quotation begins.
    private func hashesBeforeQuote() -> Int? {
        let hashes = text[position...].prefix { $0 == UInt8(ascii: "#") }.count
        let quote = position + hashes
        guard quote < text.count, text[quote] == UInt8(ascii: "\"") else { return nil }
        return hashes
    }

    private func at(_ mark: String) -> Bool { text[position...].starts(with: mark.utf8) }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < text.count {
            if text[position] != UInt8(ascii: "\n") { output[position] = UInt8(ascii: " ") }
            position += 1
        }
    }
}
