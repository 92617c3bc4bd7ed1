import Testing

/// The papers say what is there, and everything that is there is on paper.
struct DocumentTests {
    private let makefile = House.text(of: "Makefile") ?? ""

    @Test func `the README names every make target`() throws {
        let readme = try #require(House.text(of: "README.md"))
        #expect(targets.count > 10)
        for target in targets {
            let named = readme.says("make \(target)")
            #expect(named, "make \(target)")
        }
    }

    @Test func `the README names no target that is not there`() throws {
        let readme = try #require(House.text(of: "README.md"))
        for target in commands(in: readme) {
            #expect(targets.contains(target), "make \(target)")
        }
    }

    @Test func `make help has a line for every target a person uses`() {
        let silent: Set = ["lint", "setup-tests"]
        let declared = phony.filter { !silent.contains($0) }
        #expect(declared.sorted() == targets.sorted())
    }

    @Test func `the map of the sources names every room`() throws {
        let map = try #require(House.text(of: "Sources/README.md"))
        for folder in House.folders(in: "Sources") {
            let named = map.says("`\(folder)/`")
            #expect(named, "\(folder)")
        }
    }

    @Test func `the map names every folder of tests that is no room's`() throws {
        let map = try #require(House.text(of: "Sources/README.md"))
        let rooms = Set(House.folders(in: "Sources").map { $0 + "Tests" })
        for folder in House.folders(in: "Tests") where !rooms.contains(folder) {
            let named = map.says("`Tests/\(folder)/`")
            #expect(named, "\(folder)")
        }
    }

    @Test(arguments: ["README.md", "Sources/README.md", "Sources/DECISIONS.md"])
    func `every path a paper names is there`(paper: String) throws {
        let text = try #require(House.text(of: paper))
        for path in paths(in: text) {
            #expect(House.has(path), "\(paper) names \(path)")
        }
    }

    @Test func `a map line that ends in a slash is a folder`() throws {
        let map = try #require(House.text(of: "Sources/README.md"))
        let quoted = map.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map(\.element)
        for name in quoted where name.hasSuffix("/") && !name.contains(" ") {
            let known = House.has("Sources/" + name) || House.has(String(name))
            #expect(known, "\(name)")
        }
    }

    /// The targets with a line in `make help`.
    private var targets: [String] {
        makefile.split(separator: "\n").filter { $0.contains("## ") && !$0.hasPrefix("\t") }
            .compactMap { $0.split(separator: ":").first.map(String.init) }
    }

    /// Everything under `.PHONY`.
    private var phony: [String] {
        let lines = makefile.replacing("\\\n", with: " ").split(separator: "\n")
        let line = lines.first { $0.hasPrefix(".PHONY:") } ?? ""
        return line.split { $0 == " " || $0 == "\t" }.dropFirst().map(String.init)
    }

    /// What follows `make` where it is written as a command: at a line's or a quotation's start.
    private func commands(in text: String) -> [String] {
        text.split { $0 == "\n" || $0 == "`" }.compactMap { piece in
            let words = piece.split(separator: " ")
            guard words.first == "make", words.count > 1 else { return nil }
            let target = words[1]
            return target.allSatisfy { $0.isLetter || $0 == "-" } ? String(target) : nil
        }
    }

    /// Paths of this tree as a paper writes them: `deploy/setup/swift.sh`.
    private func paths(in text: String) -> [String] {
        let inPath = { (c: Character) in c.isLetter || c.isNumber || "/._-+@".contains(c) }
        return text.split { !inPath($0) }.map(String.init)
            .map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
            .filter { path in
                ["Sources/", "Tests/", "deploy/", "config/"].contains { path.hasPrefix($0) }
            }
    }
}
