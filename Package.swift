// swift-tools-version: 6.2
import PackageDescription

// The floor plan: a door per C library, a room per module with its imports.
// `--explicit-target-dependency-import-check error` makes these arrows binding.

let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A C library behind a module map, linked from Debian's package.
func door(_ name: String, links libraries: String..., exclude: [String] = []) -> Target {
    .target(
        name: name, path: "Sources/CLibraries/\(name)", exclude: exclude,
        linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// A module of the house and the only other modules it may import.
func room(_ name: String, _ imports: String..., exclude: [String] = []) -> Target {
    .target(
        name: name, dependencies: imports.map { .byName(name: $0) }, exclude: exclude,
        swiftSettings: house)
}

/// A program: arguments, one call, an exit code.
func program(_ name: String, _ imports: String...) -> Target {
    .executableTarget(
        name: name, dependencies: imports.map { .byName(name: $0) }, swiftSettings: house)
}

/// The tests of one room.
func tests(_ name: String, _ imports: String..., exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: imports.map { .byName(name: $0) }, exclude: exclude,
        swiftSettings: house)
}

let package = Package(
    name: "callbridge",
    products: [
        .executable(name: "callbridge", targets: ["callbridge"]),
        .executable(name: "phonesim", targets: ["phonesim"]),
        .executable(name: "agentsim", targets: ["agentsim"]),
        .executable(name: "callbench", targets: ["callbench"]),
    ],
    targets: [
        door("CSoxr", links: "soxr"),
        door("COpenSSL", links: "ssl", "crypto"),
        door("CUV", links: "uv"),
        door("CHTTPParser", links: "http_parser"),
        door("CCurl", links: "curl"),
        door("CSIMDJSON", links: "simdjson"),
        door("CSystemd", links: "systemd"),
        door("CRecordings", exclude: ["make-recordings.sh", "spoken.txt", "voices"]),

        room("Instruments"),
        room("Console"),
        room("Audio", "CSoxr"),
        room("Wire", "CHTTPParser", "CSIMDJSON", "COpenSSL"),
        room("Systemd", "Instruments", "CSystemd"),
        room("Twilio", "Wire"),
        room("ElevenLabs", "Wire"),
        room("Recordings", "CRecordings"),
        room("Switchboard", "Instruments", "Console", "Wire", "Twilio"),
        room("Calls", "Instruments", "Audio", "Wire", "Twilio", "ElevenLabs", "Switchboard"),
        room("Net", "Instruments", "Wire", "CUV", "COpenSSL", "CCurl"),
        room("Front", "Instruments", "Audio", "Wire", "Twilio", "Switchboard", "Calls", "Net"),
        room(
            "Simulators", "Instruments", "Audio", "Wire", "Twilio", "ElevenLabs", "Net",
            "Recordings"),
        room(
            "Traces", "Instruments", "Wire", "Twilio", "Switchboard", "Calls", "Simulators"),
        room(
            "Daemon", "Instruments", "Audio", "Wire", "Twilio", "ElevenLabs", "Switchboard",
            "Calls", "Net", "Systemd", "Front", "Recordings", "Simulators", "Traces", "Console"),

        room(
            "Simulation", "Instruments", "Wire", "Twilio", "Switchboard", "Calls", "Net", "Front",
            "Simulators", "Traces"),

        program("callbridge", "Console", "Daemon"),
        program(
            "phonesim", "Console", "Simulators", "Recordings", "Instruments", "Net", "Audio", "Wire"
        ),
        program(
            "agentsim", "Console", "Simulators", "Instruments", "Net", "Audio", "Wire"),
        program(
            "callbench", "Console", "Simulators", "Instruments", "Net", "Audio", "Wire", "Twilio",
            "ElevenLabs"),

        program("housesim", "Console", "Simulation"),

        .target(
            name: "CWslay", path: "Tests/CWslay", linkerSettings: [.linkedLibrary("wslay")]),
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        .target(name: "CSanitizers", path: "Tests/CSanitizers"),
        .target(name: "TestDice", path: "Tests/TestDice", swiftSettings: house),
        tests("TestThreads", "Net"),
        tests("InstrumentsTests", "Instruments", "TestDice"),
        tests("ConsoleTests", "Console"),
        tests("AudioTests", "Audio", "CAllocations", "TestDice"),
        tests("WireTests", "Wire", "CWslay", "CAllocations", "COpenSSL", "TestDice"),
        tests("SystemdTests", "Systemd", "Instruments", "CSystemd"),
        tests("TwilioTests", "Twilio", "Wire", "CAllocations", "TestDice"),
        tests("ElevenLabsTests", "ElevenLabs", "Wire", "CAllocations", "TestDice"),
        tests("RecordingsTests", "Recordings"),
        tests(
            "SwitchboardTests", "Switchboard", "Instruments", "Twilio", "TestDice",
            exclude: ["Golden"]),
        tests(
            "CallsTests", "Calls", "Instruments", "Audio", "Wire", "Twilio", "ElevenLabs",
            "Switchboard", "Recordings", "CAllocations"),
        tests("NetTests", "Net", "Instruments", "Wire", "TestDice", "TestThreads"),
        tests(
            "FrontTests", "Front", "Calls", "Net", "Instruments", "Audio", "Wire", "Twilio",
            "ElevenLabs", "Switchboard", "TestThreads"),
        tests(
            "SimulatorsTests", "Simulators", "Instruments", "Audio", "Wire", "Twilio",
            "ElevenLabs", "Net", "TestThreads"),
        tests(
            "DaemonTests", "Daemon", "Systemd", "Instruments", "Wire", "Net", "Simulators", "Audio",
            "Calls", "Front", "Twilio", "Switchboard", "Traces", "TestThreads", "CSanitizers"),
        tests(
            "TracesTests", "Traces", "Calls", "Instruments", "Wire", "Twilio", "Switchboard",
            "Simulators"),
        tests(
            "SimulationTests", "Simulation", "Simulators", "Calls", "Instruments", "Audio", "Wire",
            "Twilio", "ElevenLabs", "Switchboard", exclude: ["Replays"]),
        tests("HouseTests", "CRecordings"),
    ],
    cxxLanguageStandard: .cxx17
)
