import Console
import Instruments
import Simulators
import Synchronization
import Wire

/// `phonesim ring`.
enum Ring {
    static func run(_ arguments: Arguments) async throws(Complaint) -> ExitCode {
        let order = try OrderReader(arguments: arguments).order(needsURL: true)
        let simulator = try await Desk.simulator(arguments, order)
        let sheet = Sheet(arguments)
        await simulator.ring(
            order, count: arguments[Options.calls], rate: Double(arguments[Options.rate])
        ) { sheet.add($1, number: $0) }
        await simulator.stop()
        return sheet.finish()
    }
}

/// Collects results, tells them, and judges the whole.
private final class Sheet: Sendable {
    private struct State {
        var latencies = LatencyReport()
        var results: [JSON] = []
        var good = 0
        var total = 0
        var failed = false
    }

    private let state = Mutex(State())
    private let calls: Int
    private let wave: String?
    private let file: String?
    private let isJSON: Bool

    init(_ arguments: Arguments) {
        calls = arguments[Options.calls]
        wave = arguments[Options.out]
        file = arguments[Options.json]
        isJSON = arguments[Options.asJSON]
    }

    func add(_ result: PhoneResult, number: Int) {
        let json = PhoneResultWriter.json(result)
        if isJSON {
            Output.say(json.serialized)
        } else if calls == 1 || !result.isGood, file != "-" {
            Output.say(PhoneResultWriter.text(result))
        }
        var isWritten = true
        if let wave {
            let path = calls == 1 ? wave : "\(wave).\(number)"
            isWritten = Output.write(PhoneResultWriter.wave(result), to: path)
            if !isWritten { Output.complain("phonesim: \(path) cannot be written") }
        }
        state.withLock { state in
            state.latencies.add(result.latencies)
            state.results.append(json)
            state.total += 1
            state.good += result.isGood ? 1 : 0
            state.failed = state.failed || !isWritten
        }
    }

    func finish() -> ExitCode {
        let state = state.withLock { $0 }
        let all: JSON = [
            "calls": .integer(Int64(state.total)), "good": .integer(Int64(state.good)),
            "latencies_ms": state.latencies.json, "results": .array(state.results),
        ]
        if file != "-", !isJSON {
            Output.say("\(state.good) of \(state.total) calls went well")
            if !state.latencies.series.isEmpty { Output.say(state.latencies.text) }
        }
        if let file {
            let bytes = Array((all.serialized + "\n").utf8)
            if file == "-" {
                Output.say(all.serialized)
            } else if !Output.write(bytes, to: file) {
                Output.complain("phonesim: \(file) cannot be written")
                return .inputOutput
            }
        }
        if state.failed { return .inputOutput }
        return state.good == state.total ? .success : .failure
    }
}
