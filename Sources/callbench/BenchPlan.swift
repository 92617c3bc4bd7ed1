import Console
import Simulators

/// What is to be measured, and for how long.
struct BenchPlan: Sendable {
    /// What can be measured by itself.
    enum Part: String, Sendable, CaseIterable { case codecs, comparison, beginnings, capacity }

    /// How the agent is reached.
    enum Transport: String, Sendable, CaseIterable { case plain, tls }

    /// A bridge somebody else started.
    struct Running: Sendable {
        var url: String
        var process: Int32?
        var agentPort: Int
        var authority: String?
    }

    var daemon = ""
    var running: Running?
    var yardstick: String?
    var isQuick = false
    var parts = Set(Part.allCases)
    var formats = LoadFormat.allCases
    var transports = Transport.allCases
    var isSigned = false
    var variables: [(name: String, value: String)] = []
    var loops = 1
    var isPinned = true

    /// Calls at one time in the comparison with the yardstick.
    var comparedCalls = [50, 100, 200]
    /// Windows of each bridge for each number of calls; they alternate. Many short ones: a shared
    /// machine is slower for seconds at a time, and both bridges should be when it is.
    var windows = 9
    var window = Duration.seconds(1)
    /// Audio flows for so long before a window begins.
    var settling = Duration.milliseconds(400)
    /// Calls at one time in the search for the most that one core carries.
    var capacityCalls = [400, 500, 600, 800, 1_000]
    var capacityWindow = Duration.seconds(4)
    var setUps = 400
    var setUpsAtOnce = 16
    /// Calls at one time whose agents are interrupted, one after another.
    var interruptedCalls = [200, 500]
    var interruptions = Duration.seconds(10)
    var codecTime = Duration.milliseconds(300)

    init(_ arguments: Arguments) throws(BenchFault) {
        daemon = arguments[Program.daemon]
        yardstick = arguments[Program.yardstick]
        isQuick = arguments[Program.quick]
        isSigned = arguments[Program.signed]
        loops = arguments[Program.loops]
        isPinned = !arguments[Program.unpinned]
        if isQuick { shorten() }
        try choose(arguments)
        if let url = arguments[Program.url] {
            let process = arguments[Program.process]
            running = Running(
                url: url, process: process > 0 ? Int32(process) : nil,
                agentPort: arguments[Program.agentPort],
                authority: arguments[Program.authority])
            guard transports.count == 1 else {
                throw BenchFault(.usage, "--url needs --agent=plain or --agent=tls")
            }
        }
    }

    private mutating func shorten() {
        comparedCalls = [100]
        windows = 2
        window = .seconds(1)
        settling = .milliseconds(300)
        capacityCalls = [500, 1_000]
        capacityWindow = .seconds(2)
        setUps = 200
        interruptions = .seconds(3)
        codecTime = .milliseconds(100)
    }

    private mutating func choose(_ arguments: Arguments) throws(BenchFault) {
        if let word = arguments.operands.first, word != "all" {
            guard let part = Part(rawValue: word) else {
                let words = Part.allCases.map(\.rawValue).joined(separator: ", ")
                throw BenchFault(.usage, "WHAT is \(words) or all, not '\(word)'")
            }
            parts = [part]
        }
        if let format = LoadFormat(rawValue: arguments[Program.format]) { formats = [format] }
        if let one = Transport(rawValue: arguments[Program.transport]) { transports = [one] }
        for text in arguments[Program.variables] {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw BenchFault(.usage, "--set takes NAME=VALUE, not '\(text)'")
            }
            variables.append((String(parts[0]), String(parts[1])))
        }
        let numbers = arguments[Program.calls]
        guard !numbers.isEmpty else { return }
        comparedCalls = try numbers.map { text throws(BenchFault) in
            guard let number = Int(text), (1...5_000).contains(number) else {
                throw BenchFault(.usage, "--calls takes 1 to 5000, not '\(text)'")
            }
            return number
        }.sorted()
    }

    /// True when bridges are put under load at all.
    var measuresLoad: Bool { parts != [.codecs] }

    /// The calls a bridge must admit.
    var callsMax: Int {
        (comparedCalls + capacityCalls + interruptedCalls + [setUps + setUpsAtOnce]).max() ?? 0
    }
}
