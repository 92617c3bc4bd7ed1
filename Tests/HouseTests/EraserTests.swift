import Testing

struct EraserTests {
    private func code(_ text: String) -> [String] { SwiftSource(path: "", text: text).code }

    @Test func `a comment is blank and the code before it stays`() {
        #expect(code("let a = 1 // try! this") == ["let a = 1 " + spaces("// try! this")])
    }

    @Test func `a nested block comment ends with its outermost mark`() {
        #expect(code("/* a /* b */ c */x") == [spaces("/* a /* b */ c */") + "x"])
    }

    @Test func `a comment over several lines keeps their count`() {
        #expect(code("/*\ntry!\n*/ let b = 2") == ["  ", spaces("try!"), "   let b = 2"])
    }

    @Test func `quoted text is blank`() {
        #expect(code(#"f("try! // x")y"#) == [#"f(""# + spaces("try! // x") + #"")y"#])
    }

    @Test func `an escaped quotation mark does not end the quotation`() {
        #expect(code(#"f("a\"b")"#) == [#"f(""# + spaces(#"a\"b"#) + #"")"#])
    }

    @Test func `code inside an interpolation stays`() {
        #expect(code(#"f("a\(g("b") + c)d")"#) == [#"f("   g(" ") + c  ")"#])
    }

    @Test func `a raw quotation needs its own fence to end`() {
        #expect(code(##"f(#"a"b\(c)"#)"##) == [##"f(#""## + spaces(#"a"b\(c)"#) + ##""#)"##])
    }

    @Test func `a quotation of several lines ends at three marks`() {
        #expect(
            code("f(\"\"\"\n  a \"b\"\n  \"\"\")") == [
                "f(\"\"\"", spaces("  a \"b\""), "  \"\"\")",
            ])
    }

    @Test func `a name in backticks is blank`() {
        #expect(
            code("func `no sleep( here`() {}") == ["func `" + spaces("no sleep( here") + "`() {}"])
    }

    @Test func `a word is found whole and not inside another`() {
        #expect("public let a".says("public"))
        #expect("(public)".says("public"))
        #expect(!"publicURL".says("public"))
        #expect(!"isPublic_public".says("public"))
        #expect("try!f()".says("try!"))
        #expect(!"".says("public"))
    }

    private func spaces(_ text: String) -> String { String(repeating: " ", count: text.utf8.count) }
}
