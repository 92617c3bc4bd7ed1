import Console
import Instruments
import Simulators

/// The figures callbridge is built for, beside those that were found.
extension BenchReport {
    private static let ratioMax = 1.25
    private static let bytesPerCallPlain = 64 << 10
    private static let bytesPerCallTLS = 128 << 10
    private static let idleBytesMax = 25 << 20
    private static let startMax = Duration.milliseconds(200)
    private static let firstAudioMax = Duration.milliseconds(2)
    private static let clearMax = Duration.milliseconds(20)
    private static let webhookMax = Duration.milliseconds(50)
    /// Added latency at this many calls.
    private static let latencyCalls = 500
    private static let latencyP50Max = Duration.microseconds(300)
    private static let latencyP99Max = Duration.milliseconds(2)
    private static let capacityMin: [LoadFormat: Int] = [.muLaw: 1_000, .pcm: 800]

    /// One line for each goal that was measured.
    var goalText: String {
        var table = TextTable(.left("Goal"), .right("wanted"), .right("found"), .left(""))
        let goals = ratioGoals + memoryGoals + beginningGoals + loadGoals
        for goal in goals {
            table.add(goal.name, goal.wanted, goal.found, goal.isReached ? "reached" : "missed")
        }
        return goals.isEmpty ? "" : table.text
    }

    private struct Goal {
        var name: String
        var wanted: String
        var found: String
        var isReached: Bool

        init(_ name: String, wanted: String, found: String, _ isReached: Bool) {
            self.name = name
            self.wanted = wanted
            self.found = found
            self.isReached = isReached
        }

        /// Times of which one in a hundred may exceed this; none were taken: missed.
        init(_ name: String, _ found: Percentiles, p99AtMost wanted: Duration) {
            self.init(
                name, wanted: "≤ \(wanted.figure)",
                found: found.count > 0 ? found.p99.figure : "none",
                found.count > 0 && found.p99 <= wanted)
        }

        /// A time that must not be exceeded.
        init(_ name: String, _ found: Duration, atMost wanted: Duration) {
            self.init(name, wanted: "≤ \(wanted.figure)", found: found.figure, found <= wanted)
        }
    }

    private var ratioGoals: [Goal] {
        plan.formats.flatMap { format in
            plan.transports.compactMap { transport -> Goal? in
                let all = comparisons.filter { $0.format == format && $0.transport == transport }
                guard let worst = all.compactMap(\.ratio).max() else { return nil }
                return Goal(
                    "CPU against the yardstick, \(format.rawValue) \(transport), worst",
                    wanted: "≤ \(Self.fixed(Self.ratioMax))", found: Self.fixed(worst),
                    worst <= Self.ratioMax)
            }
        }
    }

    private var memoryGoals: [Goal] {
        let ours = memory.filter { $0.name == "callbridge" && $0.idleBytes > 0 }
        var goals = ours.map { one in
            let limit = one.transport == .tls ? Self.bytesPerCallTLS : Self.bytesPerCallPlain
            return Goal(
                "memory per call, \(one.format.rawValue) \(one.transport)",
                wanted: "≤ \(Self.size(limit))", found: Self.size(one.bytesPerCall),
                one.bytesPerCall <= limit)
        }
        if let idle = ours.map(\.idleBytes).max() {
            goals.append(
                Goal(
                    "memory when idle", wanted: "< \(Self.size(Self.idleBytesMax))",
                    found: Self.size(idle), idle < Self.idleBytesMax))
        }
        if let start = ours.compactMap(\.start).min() {
            goals.append(Goal("start to first answer", start, atMost: Self.startMax))
        }
        return goals
    }

    private var beginningGoals: [Goal] {
        guard let setUp else { return [] }
        return [
            Goal("webhook, p99", setUp.beginnings.webhook, p99AtMost: Self.webhookMax),
            Goal(
                "agent's first audio to the caller, p95", setUp.beginnings.firstAudio.p95,
                atMost: Self.firstAudioMax),
        ]
            + setUp.interruptions.map {
                Goal(
                    "interruption to clear at \($0.calls) calls, p99", $0.clear,
                    p99AtMost: Self.clearMax)
            }
    }

    private var loadGoals: [Goal] {
        capacities.filter { $0.name == "callbridge" }.flatMap { capacity -> [Goal] in
            var goals: [Goal] = []
            if let step = capacity.steps.first(where: { $0.calls == Self.latencyCalls }) {
                let name = "added latency at \(step.calls) calls, \(capacity.format.rawValue)"
                let both = [step.meter.uplink, step.meter.downlink]
                let (p50, p99) = (both.map(\.p50).max(), both.map(\.p99).max())
                goals.append(Goal("\(name), p50", p50 ?? .zero, atMost: Self.latencyP50Max))
                goals.append(Goal("\(name), p99", p99 ?? .zero, atMost: Self.latencyP99Max))
            }
            let wanted = Self.capacityMin[capacity.format] ?? 0
            goals.append(
                Goal(
                    "calls on one core, \(capacity.format.rawValue)", wanted: "≥ \(wanted)",
                    found: capacity.isOpenEnded ? "\(capacity.calls) or more" : "\(capacity.calls)",
                    capacity.calls >= wanted))
            return goals
        }
    }
}
