import Testing

/// Words that code of this house does without.
struct WordTests {
    private let sources = SwiftSource.house
    private let tests = SwiftSource.tests
    private static let wild = ["Net", "Instruments", "Simulators", "Simulation"]
    private static let programs: Set = [
        "callbridge", "phonesim", "agentsim", "callbench", "housesim",
    ]

    @Test(arguments: [
        "try!", "as!", "fatalError(", "Task.detached", "public", "open class", "@testable",
        "@_exported", "import FoundationNetworking", "import Foundation",
    ])
    func `sources do without`(word: String) {
        let places = sources.flatMap { source in source.places(of: word) }
        #expect(places.isEmpty, "\(word) at \(places)")
    }

    @Test func `only programs print`() {
        let rooms = sources.filter { !Self.programs.contains($0.room) && $0.room != "Console" }
        for word in ["print(", "debugPrint(", "dump("] {
            let places = rooms.flatMap { source in source.calls(of: word) }
            #expect(places.isEmpty, "\(word) at \(places)")
        }
    }

    /// What differs from line to line stands in fields. The compiler sees to it, but for lines that
    /// are said `verbatim`: operators have always searched for these with a name in them.
    @Test func `a sentence of the log is always the same, but for two`() {
        let event = /"([a-z_]+\.[a-z_]+)"/
        let said = sources.flatMap { source in
            source.code.indices.filter { source.code[$0].says("verbatim:") }.map { index in
                let above = source.lines[max(0, index - 2)...index].joined(separator: " ")
                return above.firstMatch(of: event).map { String($0.1) } ?? source.path
            }
        }
        #expect(said.sorted() == ["call.incoming", "conversation.started"])
    }

    @Test func `lines of the log are made by the log, and by who reads them back`() {
        let makers = sources.filter { !$0.places(of: "LogLine(").isEmpty }.map(\.path)
        #expect(
            makers.sorted() == [
                "Sources/Daemon/Control/LineObject.swift", "Sources/Instruments/Log.swift",
                "Sources/Instruments/LogWriter.swift",
            ])
    }

    @Test(arguments: [
        "Task.sleep", "Thread.sleep", "sleep(", "usleep(", "nanosleep(", "ContinuousClock.sleep",
    ])
    func `tests never sleep`(word: String) {
        let places = tests.flatMap { source in source.calls(of: word) }
        #expect(places.isEmpty, "\(word) at \(places)")
    }

    @Test func `constructs the compiler cannot check stand where they may, with a reason`() {
        for construct in ["@unchecked Sendable", "nonisolated(unsafe)"] {
            for source in sources {
                let places = source.places(of: construct)
                let allowed = places.isEmpty || Self.wild.contains(source.room)
                #expect(allowed, "\(construct) at \(places)")
                let bare = source.unexplained(construct)
                #expect(bare.isEmpty, "\(construct) without `Safe because` at \(bare)")
            }
        }
    }

    /// Lanes of a vector are regrouped by it, and a call is entered.
    @Test func `bits are recast in two rooms only, in files that say why it holds`() {
        for source in sources where !source.places(of: "unsafeBitCast").isEmpty {
            #expect(["Audio", "Calls"].contains(source.room), "\(source.path)")
            let reason = source.givesReason
            #expect(reason, "\(source.path) has no `Safe because`")
        }
    }

    /// It checks itself when it runs, so one reason per file will do.
    @Test func `assumeIsolated stands where it may, in files that say why it holds`() {
        for source in sources {
            let places = source.places(of: "assumeIsolated")
            guard !places.isEmpty else { continue }
            #expect((Self.wild + ["Calls"]).contains(source.room), "\(places)")
            let reason = source.givesReason
            #expect(reason, "\(source.path) has no `Safe because`")
        }
    }

    @Test(arguments: ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])
    func `nothing is left for later`(word: String) {
        for path in ["Sources", "Tests", "deploy", "config"].flatMap({ House.files(below: $0) }) {
            let places = places(of: word, in: path) { $0.says(word) }
            #expect(places.isEmpty, "\(word) at \(places)")
        }
    }

    /// A path of somebody's machine means nothing on the next one.
    @Test(arguments: ["/home/", "/root/", "/work/", "/Users/", "/mnt/"])
    func `no path of one machine is written down`(folder: String) {
        for path in everyPaper where path != "Tests/HouseTests/WordTests.swift" {
            let places = places(of: folder, in: path) { $0.startsPath(folder) }
            #expect(places.isEmpty, "\(folder) in \(places)")
        }
    }

    /// Packages come from wherever the machine is set up to get them.
    @Test(arguments: ["pypi.org", "pythonhosted.org", "npmjs.org", "docker.io", "proxy.golang.org"])
    func `no registry is named`(host: String) {
        for path in everyPaper where path != "Tests/HouseTests/WordTests.swift" {
            let places = places(of: host, in: path) { $0.says(host) }
            #expect(places.isEmpty, "\(host) in \(places)")
        }
    }

    @Test func `no file hides a second noun behind 300 lines`() {
        for source in sources + tests {
            #expect(source.lines.count <= 301, "\(source.path) has \(source.lines.count - 1) lines")
        }
    }

    private var everyPaper: [String] {
        House.papers.filter(House.has) + House.wings.flatMap { House.files(below: $0) }
    }

    private func places(
        of word: String, in path: String, where holds: (String) -> Bool
    ) -> [String] {
        guard let bytes = House.bytes(of: path), !bytes.contains(0), bytes.mention(word) else {
            return []
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.enumerated().filter { holds(String(decoding: $0.element, as: UTF8.self)) }
            .map { "\(path):\($0.offset + 1)" }
    }
}

extension SwiftSource {
    /// Where a function is called, on nothing or on the type named with it, not declared.
    fileprivate func calls(of function: String) -> [String] {
        places(of: function) { index in
            let line = code[index].utf8.map { $0 }
            return !line.mention("." + function) && !line.mention("func " + function)
        }
    }

    /// Places of a construct with no `Safe because` on its line or in the comment right above or below.
    fileprivate func unexplained(_ construct: String) -> [String] {
        let isComment = { (line: String) in line.drop { $0 == " " }.hasPrefix("//") }
        return places(of: construct) { index in
            let above = lines[..<index].reversed().prefix(while: isComment)
            let below = lines[(index + 1)...].prefix(while: isComment)
            return !(above + [lines[index]] + below).contains { $0.contains("Safe because") }
        }
    }

    /// True when a reason stands somewhere in this file.
    fileprivate var givesReason: Bool { lines.contains { $0.contains("Safe because") } }
}

extension String {
    /// True when an absolute path that begins with this folder stands here, not a URL's path.
    fileprivate func startsPath(_ folder: String) -> Bool {
        let text = Array(utf8)
        let wanted = Array(folder.utf8)
        return text.indices.contains { start in
            text[start...].starts(with: wanted)
                && (start == 0
                    || !(text[start - 1].isNameByte || ".-/}~$*)".utf8.contains(text[start - 1])))
        }
    }
}
