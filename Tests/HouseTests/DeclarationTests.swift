import Testing

/// What a room shows to others is told in a sentence where it is declared.
struct DeclarationTests {
    @Test func `everything rooms share has its sentence`() {
        let sources = SwiftSource.house
        let promised = sources.reduce(into: Declaration.promisedByStandardLibrary) {
            $0.formUnion($1.promises)
        }
        for source in sources {
            let bare = source.undocumented(promised: promised)
            #expect(bare.isEmpty, "no doc comment at \(bare)")
        }
    }

    @Test func `a declaration right below a documented one shares its sentence`() {
        #expect(bare("/// A pair.\npackage struct A {\n    package let a: Int\n}") == [])
        #expect(bare("package struct A {}") == [1])
        #expect(bare("/// One.\npackage let a = 1\n\npackage let b = 2") == [4])
        #expect(bare("// Not a doc comment.\npackage func f() {}") == [2])
    }

    @Test func `attributes stand between a sentence and its declaration`() {
        #expect(bare("/// Fast.\n@inlinable\npackage func f() {}") == [])
    }

    @Test func `an initializer or an import needs none`() {
        #expect(bare("package import Wire") == [])
        #expect(bare("package init() {}") == [])
    }

    @Test func `what a protocol asks for is told by the protocol`() {
        let text = """
            /// A clock.
            package protocol Clock {
                /// The time.
                var now: Int { get }
                /// Sets it.
                func set(_ now: Int)
            }

            package var now: Int { 1 }

            package func set(_ now: Int) {}

            package static func == (a: A, b: A) -> Bool { true }

            package func reset() {}
            """
        #expect(bare(text) == [15])
    }

    private func bare(_ text: String) -> [Int] {
        let source = SwiftSource(path: "", text: text)
        let promised = Declaration.promisedByStandardLibrary.union(source.promises)
        return source.undocumented(promised: promised)
            .compactMap { Int($0.split(separator: ":").last ?? "") }
    }
}

/// What a line of code declares.
private struct Declaration: Hashable {
    /// `func`, `var`, `struct` and so on.
    let kind: String
    let name: String

    /// The first declaration of a line; nil when there is none, or an initializer.
    init?(_ line: String) {
        let words = line.words
        guard let at = words.firstIndex(where: { Self.kinds.contains($0) }), words[at] != "init"
        else { return nil }
        kind = words[at] == "let" ? "var" : words[at]
        let isOperator = kind == "func" && line.contains("func =") || line.contains("func <")
        name = isOperator ? "operator" : at + 1 < words.count ? words[at + 1] : ""
    }

    private init(_ kind: String, _ name: String) {
        self.kind = kind
        self.name = name
    }

    private static let kinds: Set = [
        "struct", "enum", "class", "actor", "protocol", "typealias", "func", "var", "let",
        "subscript", "init",
    ]

    /// What protocols of the standard library ask for and document.
    static let promisedByStandardLibrary: Set = [
        Declaration("func", "operator"), Declaration("func", "hash"),
        Declaration("func", "next"), Declaration("func", "makeIterator"),
        Declaration("func", "enqueue"), Declaration("func", "checkIsolated"),
        Declaration("func", "isIsolatingCurrentContext"),
        Declaration("func", "asUnownedSerialExecutor"), Declaration("var", "unownedExecutor"),
        Declaration("var", "description"), Declaration("var", "debugDescription"),
        Declaration("var", "customMirror"),
    ]
}

extension SwiftSource {
    /// What the protocols of this file ask for, with a sentence each.
    fileprivate var promises: Set<Declaration> {
        var found: Set<Declaration> = []
        var inProtocol = false
        for index in code.indices {
            if code[index].says("protocol") {
                inProtocol = true
            } else if code[index] == "}" {
                inProtocol = false
            } else if inProtocol, let declaration = Declaration(code[index]) {
                found.insert(declaration)
            }
        }
        return found
    }

    /// Where a `package` declaration is without a sentence of its own or of the block it belongs to.
    fileprivate func undocumented(promised: Set<Declaration>) -> [String] {
        code.indices.filter { index in
            guard code[index].says("package"), let declaration = Declaration(code[index]) else {
                return false
            }
            return !promised.contains(declaration) && !hasSentence(above: index)
        }
        .map { "\(path):\($0 + 1)" }
    }

    /// Looks upward over the unbroken block of lines.
    private func hasSentence(above index: Int) -> Bool {
        for line in lines[..<index].reversed() {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("///") { return true }
            if text.isEmpty { return false }
        }
        return false
    }
}
