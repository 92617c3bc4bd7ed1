import Console
import Instruments
import Simulators

/// The report for people: how it was measured, then the figures.
extension BenchReport {
    /// All of it, ending in a line end.
    var text: String {
        let parts = [
            method, codecText, comparisonText, memoryText, setUpText, capacityText, goalText,
            noteText,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var method: String {
        let after = loadAfter.isEmpty ? "" : ", \(loadAfter) after"
        let place =
            "callbench \(Program.version), \(machine.processor), \(machine.cores) cores, "
            + "Linux \(machine.kernel), TCP \(machine.congestionControl)\n"
            + "Load average \(loadBefore) before\(after); all traffic on loopback.\n"
        guard plan.measuresLoad else { return place }
        let pinning =
            if plan.running != nil, let bench = cores.bench {
                "callbench runs on core \(bench), the bridge where it was started."
            } else if let bridge = cores.bridge, let bench = cores.bench {
                "The bridge runs on core \(bridge), callbench on core \(bench)."
            } else {
                "Nobody is pinned to a core."
            }
        return place + pinning + (plan.isSigned ? " Requests are signed.\n" : "\n") + """
            Each call: both sides send 20 ms of audio every 20 ms, all calls evenly apart.
            up, down: from sending a frame to reading the same frame on the other side; it holds
            what the kernel and callbench's own reading take. In \(LoadFormat.muLaw.rawValue) frames \
            bear numbers, in
            \(LoadFormat.pcm.rawValue) they are counted. lost: never arrived; odd: out of order, \
            twice, of another call.
            CPU/call-s: user and system time of the bridge's threads for one second of one call,
            of the middle one of \(plan.windows) windows of \(plan.window.written), each after \
            \(plan.settling.written) of the same traffic.
            ratio: to the window of the yardstick that followed; the middle one of them.
            core: how much of its core the bridge used. late: how late callbench sent its own frames.
            \(awakeText)

            """
    }

    private var awakeText: String {
        guard cores.bench != nil else { return "callbench sleeps when it has nothing to do." }
        return """
            While audio flows callbench does not sleep, but for \(LoadRig.nap.figure) each \
            \(LoadRig.napEvery.figure): a bridge whose
            peer sleeps on the same machine pays for waking it, and none behind a network card does.
            """
    }

    private var codecText: String {
        guard !codecs.isEmpty else { return "" }
        var table = TextTable(
            .left("Work on one frame of 20 ms"), .right("least"), .right("median"))
        for one in codecs { table.add(one.name, one.least.figure, one.median.figure) }
        return table.text
    }

    private var comparisonText: String {
        guard !comparisons.isEmpty else { return "" }
        var table = TextTable(
            .left("Comparison"), .right("calls"), .left("bridge"), .right("CPU/call-s"),
            .right("ratio"), .right("core"), .right("up p50"), .right("p99"), .right("p99.9"),
            .right("max"), .right("down p50"), .right("p99"), .right("p99.9"), .right("max"),
            .right("frames"), .right("lost"), .right("odd"), .right("late p99"))
        for one in comparisons {
            table.add(Self.row("callbridge", one, one.bridge, ratio: one.ratio))
            guard !one.yardstick.isEmpty else { continue }
            table.add(Self.row("yardstick", one, one.yardstick, ratio: nil))
        }
        return table.text
    }

    private static func row(
        _ name: String, _ one: Comparison, _ windows: [Window], ratio: Double?
    ) -> [String] {
        let meter = whole(windows)
        let isKnown = windows.contains { $0.bridge.cpu > .zero }
        return [
            "\(one.format.rawValue) \(one.transport)", "\(one.calls)", name,
            isKnown ? middle(windows).figure : "-", ratio.map(fixed) ?? "",
            isKnown ? percent(windows.map(\.bridgeShare).median) : "-",
        ] + latency(meter.uplink) + latency(meter.downlink) + [
            "\(meter.uplink.count + meter.downlink.count)",
            "\(windows.reduce(0) { $0 + $1.lost })", "\(meter.unexpected)",
            meter.tardiness.p99.figure,
        ]
    }

    private var memoryText: String {
        guard !memory.isEmpty else { return "" }
        var table = TextTable(
            .left("Memory"), .left("bridge"), .right("start"), .right("idle"), .right("calls"),
            .right("with calls"), .right("per call"), .right("after"), .right("sockets left"))
        for one in memory {
            table.add(
                "\(one.format.rawValue) \(one.transport)", one.name, one.start?.figure ?? "-",
                Self.size(one.idleBytes), "\(one.calls)", Self.size(one.bytes),
                Self.size(one.bytesPerCall), Self.size(one.bytesAfter), "\(one.socketsLeft)")
        }
        return table.text
    }

    private var setUpText: String {
        guard let setUp else { return "" }
        var table = TextTable(
            .left("Beginnings, \(setUp.format.rawValue) \(setUp.transport)"), .right("count"),
            .right("p50"), .right("p95"), .right("p99"), .right("max"))
        let begun = setUp.beginnings
        let cleared = setUp.interruptions.map {
            ("interruption to clear, \($0.calls) calls", $0.clear)
        }
        for (name, one) in [
            ("webhook to answer", begun.webhook),
            ("webhook to first audio at the caller", begun.setUp),
            ("agent's first audio to the caller", begun.firstAudio),
        ] + cleared {
            table.add(
                name, "\(one.count)", one.p50.figure, one.p95.figure, one.p99.figure,
                one.maximum.figure)
        }
        let failed = setUp.growth.failed > 0 ? "; \(setUp.growth.failed) failed" : ""
        return table.text
            + "\(setUp.growth.made) set-ups, \(plan.setUpsAtOnce) at once: "
            + "\(Int(setUp.perSecond.rounded())) a second, "
            + "\(setUp.cpuPerSetUp.figure) of the bridge's CPU each\(failed)\n"
    }

    private var capacityText: String {
        guard !capacities.isEmpty else { return "" }
        var table = TextTable(
            .left("Capacity"), .left("bridge"), .right("calls"), .right("core"),
            .right("up p50"), .right("p99"), .right("p99.9"), .right("max"),
            .right("down p50"), .right("p99"), .right("p99.9"), .right("max"), .right("lost"),
            .right("late p99"), .left(""))
        for one in capacities {
            for step in one.steps {
                let (up, down) = (step.meter.uplink, step.meter.downlink)
                table.add(
                    [
                        "\(one.format.rawValue) \(one.transport)", one.name, "\(step.calls)",
                        Self.percent(step.bridgeShare),
                    ] + Self.latency(up) + Self.latency(down) + [
                        "\(step.lost)", step.meter.tardiness.p99.figure, Self.verdict(step),
                    ])
            }
        }
        return table.text
    }

    private static func verdict(_ step: Window) -> String {
        let carried = Capacity.isCarried(step) ? "carried" : "not carried"
        return step.isLoadSaturated ? "\(carried); callbench is at its own end" : carried
    }

    private var noteText: String {
        notes.prefix(20).map { "note: \($0)\n" }.joined()
    }
}

// How figures are written.
extension BenchReport {
    private static func latency(_ series: Percentiles) -> [String] {
        [series.p50, series.p99, series.p999, series.maximum].map(\.figure)
    }

    /// Two decimals.
    static func fixed(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    private static func percent(_ share: Double?) -> String {
        share.map { "\(Int(($0 * 100).rounded())) %" } ?? "-"
    }

    /// KiB below a MiB, else MiB.
    static func size(_ bytes: Int) -> String {
        bytes < 1 << 20 ? "\(bytes >> 10) KiB" : fixed(Double(bytes) / Double(1 << 20)) + " MiB"
    }
}
