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
        var lines = [
            "callbench \(Program.version) on \(machine.processor), \(machine.cores) cores, "
                + "Linux \(machine.kernel), TCP \(machine.congestionControl), loopback; "
                + "load average \(loadBefore) before\(loadAfter.isEmpty ? "" : ", \(loadAfter) after")."
        ]
        guard plan.measuresLoad else { return lines[0] + "\n" }
        if let bridge = cores.bridge, let bench = cores.bench {
            lines.append("The bridge runs on core \(bridge), callbench on core \(bench).")
        } else {
            lines.append("Nobody is pinned to a core.")
        }
        lines += [
            "Per call both sides send 20 ms of audio every 20 ms, calls evenly apart. Latency is the",
            "time from sending a frame to reading the same frame on the other side; it holds what the",
            "kernel and callbench's own reading take. CPU is user and system time of the bridge's",
            "threads in the window, memory is resident. In \(LoadFormat.muLaw.rawValue) every frame "
                + "is recognised by a number in",
            "it, in \(LoadFormat.pcm.rawValue) frames are counted. Windows of "
                + "\(plan.window.written) after \(plan.settling.written) of the same traffic; the",
            "CPU is that of the window in the middle, the ratio the one in the middle of pairs of",
            "windows that followed each other.",
        ]
        if plan.isSigned { lines.append("Requests are signed and the bridge checks it.") }
        return lines.joined(separator: "\n") + "\n"
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
            .left("Agent"), .right("calls"), .left("bridge"), .right("CPU/call-s"),
            .right("ratio"), .right("core"), .right("up p50"), .right("p99"), .right("p99.9"),
            .right("max"), .right("down p50"), .right("p99"), .right("p99.9"), .right("max"),
            .right("frames"), .right("lost"), .right("odd"), .right("load"))
        for one in comparisons {
            table.add(row("callbridge", one, one.bridge, ratio: one.ratio))
            if !one.yardstick.isEmpty {
                table.add(row("yardstick", one, one.yardstick, ratio: nil))
            }
        }
        return table.text
    }

    private func row(
        _ name: String, _ one: Comparison, _ windows: [Window], ratio: Double?
    ) -> [String] {
        let meter = Self.whole(windows)
        let isKnown = windows.contains { $0.bridge.cpu > .zero }
        return [
            "\(one.format.rawValue) \(one.transport)", "\(one.calls)", name,
            isKnown ? Self.middle(windows).figure : "-", ratio.map { Self.fixed($0) } ?? "",
            isKnown ? Self.percent(windows.map(\.bridgeShare).median) : "-",
        ] + Self.latency(meter.uplink) + Self.latency(meter.downlink) + [
            "\(meter.uplink.count + meter.downlink.count)",
            "\(windows.reduce(0) { $0 + $1.lost })", "\(meter.unexpected)",
            Self.percent(windows.map(\.ownShare).median),
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
        let series = [
            ("webhook to answer", setUp.beginnings.webhook),
            ("webhook to first audio at the caller", setUp.beginnings.setUp),
            ("agent's first audio to the caller", setUp.beginnings.firstAudio),
            (
                "interruption to clear, \(setUp.interruptedCalls) calls",
                setUp.interruptions.clear
            ),
        ]
        for (name, one) in series {
            table.add(
                name, "\(one.count)", one.p50.figure, one.p95.figure, one.p99.figure,
                one.maximum.figure)
        }
        let rate =
            setUp.growth.time > .zero
            ? Double(setUp.growth.made) / (setUp.growth.time / .seconds(1)) : 0
        return table.text
            + "\(setUp.growth.made) set-ups, \(plan.setUpsAtOnce) at once: "
            + "\(Int(rate.rounded())) a second, \(setUp.cpuPerSetUp.figure) of the bridge's CPU each"
            + (setUp.growth.failed > 0 ? "; \(setUp.growth.failed) failed\n" : "\n")
    }

    private var capacityText: String {
        guard !capacities.isEmpty else { return "" }
        var table = TextTable(
            .left("Capacity"), .left("bridge"), .right("calls"), .right("core"), .right("up p50"),
            .right("p99"),
            .right("p99.9"), .right("max"), .right("down p50"), .right("p99"), .right("p99.9"),
            .right("max"), .right("lost"), .right("load"), .right("late p99"), .left(""))
        for one in capacities {
            for step in one.steps {
                table.add(
                    [
                        "\(one.format.rawValue) \(one.transport)", one.name, "\(step.calls)",
                        Self.percent(step.bridgeShare),
                    ] + Self.latency(step.meter.uplink) + Self.latency(step.meter.downlink) + [
                        "\(step.lost)", Self.percent(step.ownShare),
                        step.meter.tardiness.p99.figure, Self.verdict(step),
                    ])
            }
        }
        return table.text
    }

    private static func verdict(_ step: Window) -> String {
        let carried = Capacity.isCarried(step) ? "carried" : "not carried"
        return step.isLoadSaturated ? carried + ", callbench itself is at its end" : carried
    }

    private var noteText: String {
        guard !notes.isEmpty else { return "" }
        return notes.prefix(20).map { "note: \($0)\n" }.joined()
    }

    static func latency(_ series: Percentiles) -> [String] {
        [series.p50, series.p99, series.p999, series.maximum].map(\.figure)
    }

    /// Two decimals.
    static func fixed(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    static func percent(_ share: Double?) -> String {
        share.map { "\(Int(($0 * 100).rounded())) %" } ?? "-"
    }

    /// KiB below a MiB, else MiB.
    static func size(_ bytes: Int) -> String {
        bytes < 1 << 20 ? "\(bytes >> 10) KiB" : fixed(Double(bytes) / Double(1 << 20)) + " MiB"
    }
}
