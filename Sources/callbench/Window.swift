import Instruments
import Simulators

/// What one bridge did in one stretch of time at one number of calls.
struct Window: Sendable {
    var calls = 0
    var time: Duration = .zero
    var meter = LoadMeter()
    /// Frames lost either way since the traffic began.
    var lost = 0
    var bridge = ProcessUsage()
    /// CPU of this program.
    var own: Duration = .zero

    /// CPU of the bridge for one second of one call.
    var cpuPerCallSecond: Duration {
        calls == 0 ? .zero : bridge.cpu / (time / .seconds(1)) / calls
    }
    /// How much of one core the bridge used, 0…1.
    var bridgeShare: Double { bridge.cpu / time }
    /// How much of one core this program used, 0…1.
    var ownShare: Double { own / time }

    /// Above this share of its core, or this late with its own frames, this program is the limit:
    /// what it measures is then itself.
    private static let shareMax = 0.95
    private static let tardinessMax = Duration.milliseconds(10)

    /// True when the load, not the bridge, was at its end.
    var isLoadSaturated: Bool {
        ownShare > Self.shareMax || meter.tardiness.p99 > Self.tardinessMax || meter.skipped > 0
    }

    /// Lets traffic flow for a while and measures the last part of it.
    static func measure(
        _ contender: Contender, settling: Duration, window: Duration
    ) async -> Window {
        let rig = contender.rig
        var result = Window()
        result.calls = await rig.callCount()
        await rig.startTraffic(limit: settling + window + .seconds(1))
        await rig.pause(settling)
        _ = await rig.takeMeter()
        let time = SystemTime()
        let began = time.now
        let usage = contender.usage
        let own = OwnUsage.cpu
        await rig.pause(window)
        result.meter = await rig.takeMeter()
        result.bridge = contender.usage.since(usage)
        result.own = OwnUsage.cpu - own
        result.time = time.now - began
        result.lost = await rig.stopTraffic(drain: .seconds(1))
        return result
    }
}
