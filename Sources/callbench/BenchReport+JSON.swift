import Instruments
import Simulators
import Wire

/// The report for programs: times in nanoseconds, memory in bytes, shares of one core.
extension BenchReport {
    var json: JSON {
        [
            "version": .string(Program.version),
            "machine": [
                "processor": .string(machine.processor), "cores": .integer(Int64(machine.cores)),
                "kernel": .string(machine.kernel),
                "congestion_control": .string(machine.congestionControl),
                "bridge_core": Self.optional(cores.bridge),
                "bench_core": Self.optional(cores.bench),
                "load_before": .string(loadBefore), "load_after": .string(loadAfter),
            ],
            "method": [
                "window": Self.time(plan.window), "settling": Self.time(plan.settling),
                "windows": .integer(Int64(plan.windows)), "signed": .bool(plan.isSigned),
                "loops": .integer(Int64(plan.loops)),
            ],
            "codecs": .array(codecs.map(Self.json)),
            "comparisons": .array(comparisons.map(Self.json)),
            "memory": .array(memory.map(Self.json)),
            "beginnings": setUp.map(Self.json) ?? .null,
            "capacities": .array(capacities.map(Self.json)),
            "notes": .array(notes.map(JSON.string)),
        ]
    }

    private static func json(_ one: CodecFigure) -> JSON {
        ["name": .string(one.name), "least": time(one.least), "median": time(one.median)]
    }

    private static func json(_ one: Comparison) -> JSON {
        [
            "format": .string(one.format.rawValue), "agent": .string(one.transport.rawValue),
            "calls": .integer(Int64(one.calls)), "ratio": one.ratio.map(JSON.number) ?? .null,
            "callbridge": .array(one.bridge.map(json)),
            "yardstick": .array(one.yardstick.map(json)),
        ]
    }

    private static func json(_ one: Capacity) -> JSON {
        [
            "bridge": .string(one.name), "format": .string(one.format.rawValue),
            "agent": .string(one.transport.rawValue),
            "calls": .integer(Int64(one.calls)), "steps": .array(one.steps.map(json)),
        ]
    }

    private static func json(_ one: Window) -> JSON {
        [
            "calls": .integer(Int64(one.calls)), "time": time(one.time),
            "cpu_per_call_second": time(one.cpuPerCallSecond),
            "cpu_share": .number(one.bridgeShare), "waited_share": .number(one.waitedShare),
            "threads": .integer(Int64(one.bridge.threads)),
            "load_is_the_limit": .bool(one.isLoadSaturated),
            "uplink": json(one.meter.uplink), "downlink": json(one.meter.downlink),
            "tardiness": json(one.meter.tardiness),
            "caller_frames": .integer(Int64(one.meter.callerFrames)),
            "agent_frames": .integer(Int64(one.meter.agentFrames)),
            "lost": .integer(Int64(one.lost)), "refused": .integer(Int64(one.meter.refused)),
            "skipped": .integer(Int64(one.meter.skipped)),
            "unexpected": .integer(Int64(one.meter.unexpected)),
            "calls_lost": .integer(Int64(one.meter.callsLost)),
        ]
    }

    private static func json(_ one: Memory) -> JSON {
        [
            "bridge": .string(one.name), "format": .string(one.format.rawValue),
            "agent": .string(one.transport.rawValue), "start": one.start.map(time) ?? .null,
            "idle": .integer(Int64(one.idleBytes)), "calls": .integer(Int64(one.calls)),
            "with_calls": .integer(Int64(one.bytes)),
            "per_call": .integer(Int64(one.bytesPerCall)),
            "after": .integer(Int64(one.bytesAfter)),
            "sockets_left": .integer(Int64(one.socketsLeft)),
        ]
    }

    private static func json(_ one: SetUpFigures) -> JSON {
        [
            "format": .string(one.format.rawValue), "agent": .string(one.transport.rawValue),
            "made": .integer(Int64(one.growth.made)),
            "failed": .integer(Int64(one.growth.failed)),
            "time": time(one.growth.time), "cpu_per_set_up": time(one.cpuPerSetUp),
            "webhook": json(one.beginnings.webhook), "set_up": json(one.beginnings.setUp),
            "first_audio": json(one.beginnings.firstAudio),
            "interruptions": .array(
                one.interruptions.map { interruption in
                    [
                        "calls": .integer(Int64(interruption.calls)),
                        "clear": json(interruption.clear),
                    ]
                }),
        ]
    }

    private static func json(_ series: Percentiles) -> JSON {
        [
            "count": .integer(Int64(series.count)), "p50": time(series.p50),
            "p95": time(series.p95), "p99": time(series.p99), "p999": time(series.p999),
            "max": time(series.maximum),
        ]
    }

    private static func optional(_ number: Int?) -> JSON {
        number.map { .integer(Int64($0)) } ?? .null
    }

    /// Nanoseconds.
    private static func time(_ duration: Duration) -> JSON {
        let (seconds, attoseconds) = duration.components
        return .integer(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
