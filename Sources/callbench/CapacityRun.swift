import Instruments
import Simulators

/// How many calls one core carries.
struct Capacity: Sendable {
    /// A call whose frames are later than this is a bad call.
    static let latencyMax = Duration.milliseconds(20)

    var name: String
    var format: LoadFormat
    var transport: BenchPlan.Transport
    var steps: [Window] = []

    /// True when every frame arrived, all but one in a hundred within the limit, both ways.
    static func isCarried(_ window: Window) -> Bool {
        window.calls > 0 && window.isComplete && window.lost == 0 && window.meter.callsLost == 0
            && window.meter.refused == 0 && window.meter.skipped == 0
            && window.meter.uplink.p99 < latencyMax
            && window.meter.downlink.p99 < latencyMax
    }

    /// True when callbench came to its end before the bridge did, or nobody did.
    var isOpenEnded: Bool { steps.last.map { $0.isLoadSaturated || Self.isCarried($0) } ?? true }

    /// The most calls that were carried.
    var calls: Int { steps.filter(Self.isCarried).map(\.calls).max() ?? 0 }
}

/// Adds calls until the bridge, or this program, cannot follow.
struct CapacityRun: Sendable {
    let plan: BenchPlan
    let format: LoadFormat
    let transport: BenchPlan.Transport

    /// Callbridge's capacity and, where there is one, the yardstick's.
    func all(
        _ contenders: Contenders
    ) async throws(BenchFault) -> (capacities: [Capacity], notes: [String]) {
        var found = [await measure(try await contenders.callbridge(format, transport))]
        if !plan.isQuick, let other = try await contenders.compared(format, transport) {
            found.append(await measure(other))
        }
        return (found.map(\.capacity), found.flatMap(\.notes))
    }

    private func measure(_ bridge: Contender) async -> (capacity: Capacity, notes: [String]) {
        var capacity = Capacity(name: bridge.name, format: format, transport: transport)
        var notes: [String] = []
        for calls in plan.capacityCalls {
            let growth = await bridge.rig.grow(to: calls, atOnce: plan.setUpsAtOnce)
            if growth.failed > 0 { notes.append("\(bridge.name): \(growth.failed) set-ups failed") }
            let window = await Window.measure(
                bridge, settling: .seconds(1), window: plan.capacityWindow)
            capacity.steps.append(window)
            notes += await bridge.rig.takeNotes().map { "\(bridge.name), \(calls) calls: \($0)" }
            if !Capacity.isCarried(window) { break }
        }
        await bridge.end()
        return (capacity, notes)
    }
}
