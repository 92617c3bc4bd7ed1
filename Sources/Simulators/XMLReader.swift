/// An element of a small XML document.
package struct XMLElement: Sendable, Equatable {
    package var name: String
    /// Attributes in the order they came; no name comes twice.
    package var attributes: [Attribute]
    package var children: [XMLElement] = []
    /// The character data directly inside, entities resolved.
    package var text = ""
    /// The character data inside, that of inner elements included, in order.
    package var fullText = ""
    /// Where it began, counted from 1.
    package var line: Int

    /// One attribute.
    package struct Attribute: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    /// The value of an attribute; nil when there is none of that name.
    package subscript(_ name: String) -> String? {
        attributes.first { $0.name == name }?.value
    }

    fileprivate mutating func add(_ characters: String) {
        text += characters
        fullText += characters
    }
}

/// Why bytes are no document, with the line of the fault.
package struct XMLError: Error, Equatable {
    package var line: Int
    package var reason: String
    /// The declaration asks for a version other than 1.0.
    package var isVersion = false
}

/// A strict reader for the part of XML 1.0 (W3C, fifth edition) in which TwiML is written.
///
/// Elements, attributes, character data, CDATA, comments, processing instructions, the five
/// named entities and numeric references; UTF-8 only. A document type declaration is refused:
/// nothing in TwiML needs one, and entities of one's own are how XML readers are attacked.
package struct XMLReader {
    /// Elements inside elements; TwiML needs four.
    package static let depthMax = 16
    /// All elements of a document.
    package static let elementsMax = 2000

    let bytes: [UInt8]
    var place = 0
    private var elements = 0

    /// Reads a whole document and gives its root element.
    package static func read(_ bytes: [UInt8]) throws(XMLError) -> XMLElement {
        var reader = XMLReader(bytes: bytes)
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw reader.fault("not UTF-8")
        }
        return try reader.document()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func document() throws(XMLError) -> XMLElement {
        skip("\u{FEFF}")
        if follows("<?xml"), place + 5 < bytes.count, Self.isSpace(bytes[place + 5]) {
            try declaration()
        }
        try miscellany()
        guard follows("<") else { throw fault("the root element is missing") }
        let root = try element(depth: 1)
        try miscellany()
        guard place == bytes.count else { throw fault("something follows the root element") }
        return root
    }

    /// `<?xml version="1.0" encoding="UTF-8"?>`
    private mutating func declaration() throws(XMLError) {
        skip("<?xml")
        let attributes = try attributes()
        guard skip("?>") else { throw fault("the declaration does not end with ?>") }
        guard attributes.first?.name == "version" else { throw fault("no version is declared") }
        guard attributes.first?.value == "1.0" else {
            var error = fault("version \(attributes[0].value) is not 1.0")
            error.isVersion = true
            throw error
        }
        for attribute in attributes.dropFirst() {
            switch attribute.name {
            case "encoding":
                guard ["utf-8", "us-ascii"].contains(attribute.value.lowercased()) else {
                    throw fault("encoding \(attribute.value) is not UTF-8")
                }
            case "standalone": break
            default: throw fault("\(attribute.name) has no place in the declaration")
            }
        }
    }

    /// Comments, instructions and blanks around the root element.
    private mutating func miscellany() throws(XMLError) {
        while true {
            skipBlanks()
            if follows("<!DOCTYPE") { throw fault("a document type declaration is refused") }
            guard try skipComment() else { return }
        }
    }

    private mutating func element(depth: Int) throws(XMLError) -> XMLElement {
        elements += 1
        guard depth <= Self.depthMax else { throw fault("deeper than \(Self.depthMax) elements") }
        guard elements <= Self.elementsMax else { throw fault("too many elements") }
        let line = self.line
        skip("<")
        var element = XMLElement(name: try name(), attributes: try attributes(), line: line)
        if skip("/>") { return element }
        guard skip(">") else { throw fault("the tag \(element.name) does not end") }
        while !follows("</") {
            guard place < bytes.count else { throw fault("\(element.name) is not closed") }
            if try skipComment() { continue }
            if follows("<![CDATA[") {
                element.add(try characterSection())
            } else if follows("<") {
                let child = try self.element(depth: depth + 1)
                element.fullText += child.fullText
                element.children.append(child)
            } else {
                element.add(try text(until: "<", inAttribute: false))
            }
        }
        skip("</")
        let closing = try name()
        guard closing == element.name else {
            throw fault("\(element.name) is closed by \(closing)")
        }
        skipBlanks()
        guard skip(">") else { throw fault("the closing tag \(closing) does not end") }
        return element
    }

    private mutating func attributes() throws(XMLError) -> [XMLElement.Attribute] {
        var all: [XMLElement.Attribute] = []
        while true {
            let hadBlank = skipBlanks()
            guard place < bytes.count, Self.startsName(bytes[place]) else { return all }
            guard hadBlank else { throw fault("a blank is missing before an attribute") }
            let name = try name()
            skipBlanks()
            guard skip("=") else { throw fault("the attribute \(name) has no value") }
            skipBlanks()
            guard let quote = ["\"", "'"].first(where: { follows($0) }) else {
                throw fault("the value of \(name) is not quoted")
            }
            skip(quote)
            let value = try text(until: quote, inAttribute: true)
            guard skip(quote) else { throw fault("the value of \(name) does not end") }
            guard !all.contains(where: { $0.name == name }) else {
                throw fault("the attribute \(name) comes twice")
            }
            all.append(XMLElement.Attribute(name: name, value: value))
        }
    }
}
