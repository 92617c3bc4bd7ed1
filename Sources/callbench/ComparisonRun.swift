import Instruments
import Simulators

/// One bridge and the yardstick at the same number of calls.
struct Comparison: Sendable {
    var format: LoadFormat
    var transport: BenchPlan.Transport
    var calls: Int
    var bridge: [Window]
    /// Empty without a yardstick.
    var yardstick: [Window]

    /// The median of the ratios of windows that followed each other.
    var ratio: Double? {
        let ratios = zip(bridge, yardstick).compactMap { ours, theirs -> Double? in
            guard theirs.cpuPerCallSecond > .zero else { return nil }
            return ours.cpuPerCallSecond / theirs.cpuPerCallSecond
        }
        return ratios.median
    }
}

/// Resident memory of one bridge.
struct Memory: Sendable {
    var name: String
    var format: LoadFormat
    var transport: BenchPlan.Transport
    /// From its start until it answered.
    var start: Duration?
    var idleBytes: Int
    var calls: Int
    var bytes: Int
    /// After all calls had ended.
    var bytesAfter: Int
    /// Agent sockets still open then.
    var socketsLeft: Int

    var bytesPerCall: Int { calls == 0 ? 0 : (bytes - idleBytes) / calls }
}

/// Alternates windows of the bridge and of the yardstick: what else the machine does falls on both.
struct ComparisonRun: Sendable {
    let plan: BenchPlan
    let format: LoadFormat
    let transport: BenchPlan.Transport

    struct Found: Sendable {
        var comparisons: [Comparison] = []
        var memory: [Memory] = []
        var notes: [String] = []
    }

    func all(_ contenders: Contenders) async throws(BenchFault) -> Found {
        let bridge = try await contenders.callbridge(format, transport)
        var found = Found()
        do throws(BenchFault) {
            let yardstick = try await contenders.compared(format, transport)
            for calls in plan.comparedCalls {
                found.comparisons.append(
                    await compare(bridge, yardstick, calls: calls, &found.notes))
            }
            for one in [bridge, yardstick].compactMap({ $0 }) {
                found.memory.append(await memory(of: one))
            }
        } catch {
            await bridge.end()
            throw error
        }
        return found
    }

    private func compare(
        _ bridge: Contender, _ yardstick: Contender?, calls: Int, _ notes: inout [String]
    ) async -> Comparison {
        for one in [bridge, yardstick].compactMap({ $0 }) {
            let growth = await one.rig.grow(to: calls, atOnce: plan.setUpsAtOnce)
            if growth.failed > 0 { notes.append("\(one.name): \(growth.failed) set-ups failed") }
        }
        var result = Comparison(
            format: format, transport: transport, calls: calls, bridge: [], yardstick: [])
        for _ in 0..<plan.windows {
            result.bridge.append(await window(bridge, &notes))
            if let yardstick { result.yardstick.append(await window(yardstick, &notes)) }
        }
        return result
    }

    private func window(_ one: Contender, _ notes: inout [String]) async -> Window {
        let window = await Window.measure(one, settling: plan.settling, window: plan.window)
        notes += await one.rig.takeNotes().map { "\(one.name): \($0)" }
        return window
    }

    private func memory(of one: Contender) async -> Memory {
        let calls = await one.rig.callCount()
        let full = one.usage
        let left = await one.rig.hangUp()
        let memory = Memory(
            name: one.name, format: format, transport: transport, start: one.start,
            idleBytes: one.idleBytes, calls: calls, bytes: full.residentBytes,
            bytesAfter: one.usage.residentBytes, socketsLeft: left)
        await one.end()
        return memory
    }
}

extension [Double] {
    /// The one in the middle, or between the two there; nil of none.
    var median: Double? {
        guard !isEmpty else { return nil }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
