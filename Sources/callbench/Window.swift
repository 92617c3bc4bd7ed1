import Glibc
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

    /// CPU of the bridge for one second of one call.
    var cpuPerCallSecond: Duration {
        calls == 0 || time == .zero ? .zero : bridge.cpu / (time / .seconds(1)) / calls
    }
    /// How much of one core the bridge used, 0…1.
    var bridgeShare: Double { bridge.cpu / time }
    /// How much of the time the bridge's threads waited for a core, 0…1 for each.
    var waitedShare: Double { bridge.waited / time }

    /// So late with its own frames this program is the limit: what it measures is then itself.
    private static let tardinessMax = Duration.milliseconds(10)

    /// True when the load, not the bridge, was at its end.
    var isLoadSaturated: Bool {
        meter.tardiness.p99 > Self.tardinessMax || meter.skipped > 0
    }

    /// Lets traffic flow for a while and measures the last part of it.
    static func measure(
        _ contender: Contender, settling: Duration, window: Duration
    ) async -> Window {
        let rig = contender.rig
        var result = Window()
        result.calls = await rig.callCount()
        await rig.startTraffic(settling: settling, window: window)
        // Asleep on this thread: the loop's timers are late when it has too much to do.
        wait(settling)
        let time = SystemTime()
        let began = time.now
        let usage = contender.usage
        wait(window)
        result.bridge = contender.usage.since(usage)
        result.time = time.now - began
        result.lost = await rig.stopTraffic(drain: .seconds(1))
        result.meter = await rig.takeWindow()
        return result
    }

    private static func wait(_ time: Duration) {
        usleep(UInt32(clamping: Int(time / .microseconds(1))))
    }

    /// True when nearly all frames were sent that a window of this length has room for.
    var isComplete: Bool {
        let wanted = Double(calls) * 100 * (time / .seconds(1))
        return Double(meter.callerFrames + meter.agentFrames) > 0.9 * wanted
    }
}
