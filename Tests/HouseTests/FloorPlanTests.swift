import Testing

/// Who may import whom: arrows point down, never sideways; a C library has one door.
struct FloorPlanTests {
    private let plan = FloorPlan()

    /// The agreed plan. Package.swift follows it; a new arrow is a decision, so it is drawn here too.
    private static let agreed: [(room: String, imports: String)] = [
        ("Instruments", ""),
        ("Console", ""),
        ("Audio", "CSoxr"),
        ("Wire", "CHTTPParser CSIMDJSON COpenSSL"),
        ("Systemd", "Instruments CSystemd"),
        ("Twilio", "Wire"),
        ("ElevenLabs", "Wire"),
        ("Switchboard", "Instruments Console Wire Twilio"),
        ("Recordings", "CRecordings"),
        ("Calls", "Instruments Audio Wire Twilio ElevenLabs Switchboard"),
        ("Net", "Instruments Wire CUV COpenSSL CCurl"),
        ("Front", "Instruments Audio Wire Twilio Switchboard Calls Net"),
        ("Simulators", "Instruments Audio Wire Twilio ElevenLabs Net Recordings"),
        ("Traces", "Instruments Wire Twilio Switchboard Calls Simulators"),
        (
            "Daemon",
            "Instruments Audio Wire Twilio ElevenLabs Switchboard Calls Net Systemd Front Recordings "
                + "Simulators Traces Console"
        ),
        ("Simulation", "Instruments Wire Twilio Switchboard Calls Net Front Simulators Traces"),
    ]

    /// Modules of the toolchain that Sources may use; the big Foundation is not among them.
    private static let toolchain: Set = ["Glibc", "Synchronization", "FoundationEssentials"]

    /// Modules of the toolchain that tests may use beside these.
    private static let testing: Set = ["Testing", "Foundation"]

    @Test func `Package swift grants what the plan grants`() {
        let granted = plan.imports(of: "room")
        let agreed = Dictionary(
            uniqueKeysWithValues: Self.agreed.map { room, imports in
                (room, Set(imports.split(separator: " ").map(String.init)))
            })
        #expect(granted.keys.sorted() == agreed.keys.sorted())
        for (room, imports) in granted.sorted(by: { $0.key < $1.key }) {
            #expect(imports == agreed[room], "\(room)")
        }
    }

    @Test func `every arrow points to a room above it or to a door`() {
        var known = Set(plan.imports(of: "door").keys)
        for (room, imports) in Self.agreed {
            let unknown = Set(imports.split(separator: " ").map(String.init)).subtracting(known)
            #expect(unknown.isEmpty, "\(room) imports \(unknown.sorted())")
            known.insert(room)
        }
    }

    @Test func `a file imports only what its room was granted`() {
        let granted = plan.imports(of: "room", "program", "tests")
        for source in SwiftSource.house + SwiftSource.tests {
            guard let room = granted[source.room] else { continue }
            let tests = source.path.hasPrefix("Tests/")
            let allowed = room.union(Self.toolchain).union(tests ? Self.testing : [])
            let stray = source.imports.map(\.module).filter { !allowed.contains($0) }
            #expect(stray.isEmpty, "\(source.path) imports \(stray)")
        }
    }

    @Test func `a room uses every import it was granted`() {
        let granted = plan.imports(of: "room", "program")
        for (room, imports) in granted.sorted(by: { $0.key < $1.key }) {
            let files = SwiftSource.house.filter { $0.room == room }
            let unused = imports.subtracting(files.flatMap { $0.imports.map(\.module) })
            #expect(unused.isEmpty, "\(room) has no use for \(unused.sorted())")
        }
    }

    @Test func `every folder of sources is on the plan`() {
        let rooms = plan.imports(of: "room", "program").keys.sorted()
        #expect(House.folders(in: "Sources") == (rooms + ["CLibraries"]).sorted())
        let doors = plan.imports(of: "door").keys.sorted()
        #expect(House.folders(in: "Sources/CLibraries") == doors)
    }

    @Test func `every room has its tests`() {
        let tested = Set(plan.imports(of: "tests").keys)
        for room in plan.imports(of: "room").keys.sorted() {
            #expect(tested.contains(room + "Tests"), "\(room)")
            #expect(!House.files(below: "Tests/\(room)Tests", named: ".swift").isEmpty, "\(room)")
        }
    }

    @Test func `no C type crosses the wall of a room`() {
        let doors = Set(plan.imports(of: "door").keys)
        for source in SwiftSource.house {
            for (module, line) in source.imports where doors.contains(module) {
                #expect(line == "import \(module)", "\(source.path): \(line)")
            }
        }
    }

    @Test func `no type bears the name of its module`() {
        for source in SwiftSource.house {
            for kind in ["struct", "class", "enum", "actor", "protocol", "typealias"] {
                let places = source.places(of: "\(kind) \(source.room)")
                #expect(places.isEmpty, "\(places)")
            }
        }
    }
}

extension SwiftSource {
    /// The modules this file imports, and how: `package import Wire`.
    var imports: [(module: String, line: String)] {
        code.compactMap { line in
            let words = line.words
            guard let at = words.firstIndex(of: "import"), at + 1 < words.count else { return nil }
            // `import struct Wire.JSONValue` names what it wants of the module.
            let kinds: Set = ["struct", "class", "enum", "func", "let", "var", "typealias"]
            let module = kinds.contains(words[at + 1]) ? words[at + 2] : words[at + 1]
            return (module, words.joined(separator: " "))
        }
    }
}
