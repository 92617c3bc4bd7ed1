import Instruments
import Simulators

/// How calls begin, and how they are interrupted.
struct SetUpFigures: Sendable {
    var format: LoadFormat
    var transport: BenchPlan.Transport
    var growth: LoadGrowth
    /// Webhooks, set-ups and first audio of that growth.
    var beginnings: LoadMeter
    /// Set-ups in a second.
    var perSecond: Double {
        growth.time > .zero ? Double(growth.made) / (growth.time / .seconds(1)) : 0
    }
    /// CPU of the bridge for one set-up.
    var cpuPerSetUp: Duration
    var interruptions: [InterruptionFigures]
}

/// How soon callers are cleared, while audio flows in so many calls.
struct InterruptionFigures: Sendable {
    var calls: Int
    var clear: Percentiles
}

/// Sets many calls up as fast as they come, then lets agents be interrupted while audio flows.
struct SetUpRun: Sendable {
    private static let interruptEvery = Duration.milliseconds(50)

    let plan: BenchPlan
    let format: LoadFormat
    let transport: BenchPlan.Transport

    func all(
        _ contenders: Contenders
    ) async throws(BenchFault) -> (setUp: SetUpFigures, notes: [String]) {
        // The first calls pay for what is made once: they are not measured.
        let bridge = try await contenders.callbridge(format, transport)
        let rig = bridge.rig
        _ = await rig.grow(to: plan.setUpsAtOnce, atOnce: plan.setUpsAtOnce)
        _ = await rig.takeMeter()
        let before = bridge.usage
        let growth = await rig.grow(to: plan.setUpsAtOnce + plan.setUps, atOnce: plan.setUpsAtOnce)
        let used = bridge.usage.since(before)
        let beginnings = await rig.takeMeter()
        _ = await rig.hangUp()
        var interruptions: [InterruptionFigures] = []
        for calls in plan.interruptedCalls {
            interruptions.append(await interrupt(calls, rig))
        }
        let notes = await rig.takeNotes().map { "\(bridge.name): \($0)" }
        await bridge.end()
        let figures = SetUpFigures(
            format: format, transport: transport, growth: growth, beginnings: beginnings,
            cpuPerSetUp: growth.made > 0 ? used.cpu / growth.made : .zero,
            interruptions: interruptions)
        return (figures, notes)
    }

    /// Interrupts the agents of so many calls, one after another.
    private func interrupt(_ calls: Int, _ rig: LoadRig) async -> InterruptionFigures {
        let growth = await rig.grow(to: calls, atOnce: plan.setUpsAtOnce)
        await rig.startTraffic(settling: plan.settling, window: plan.interruptions)
        await rig.pause(plan.settling)
        await rig.interrupt(every: Self.interruptEvery)
        await rig.pause(plan.interruptions - .milliseconds(200))
        await rig.interrupt(every: .zero)
        await rig.pause(.milliseconds(300))
        _ = await rig.stopTraffic(drain: .seconds(1))
        let meter = await rig.takeWindow()
        _ = await rig.hangUp()
        return InterruptionFigures(calls: growth.made, clear: meter.clear)
    }
}
