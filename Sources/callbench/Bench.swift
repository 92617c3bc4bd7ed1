import Console
import Instruments
import Net
import Simulators

/// All runs, one after another, and what they found.
struct Bench: Sendable {
    let plan: BenchPlan

    init(_ plan: BenchPlan) { self.plan = plan }

    func run() async throws(BenchFault) -> BenchReport {
        DescriptorLimit.raise()
        let scratch = try Scratch()
        let machine = Machine(cores: Cores.allowed.count)
        let cores = Cores(isPinned: plan.isPinned, log: scratch.file("taskset.log"))
        var report = BenchReport(plan: plan, machine: machine, cores: cores)
        if plan.parts.contains(.codecs) {
            Voice.say("callbench: codecs\n")
            report.codecs = CodecRun(time: plan.codecTime).all()
        }
        guard plan.measuresLoad else { return report }
        let loops = LoopPool(count: 1)
        let contenders = try contenders(cores, loops, scratch, &report)
        if plan.parts.contains(.comparison) { try await compare(contenders, &report) }
        if plan.parts.contains(.beginnings) { try await setUp(contenders, &report) }
        if plan.parts.contains(.capacity) { try await findCapacity(contenders, &report) }
        report.loadAfter = Machine.load
        report.noteCompany()
        loops.stop()
        return report
    }

    private func contenders(
        _ cores: Cores, _ loops: LoopPool, _ scratch: Scratch, _ report: inout BenchReport
    ) throws(BenchFault) -> Contenders {
        let needsTLS = plan.transports.contains(.tls)
        let folder = plan.running?.authority ?? scratch.path
        let authority =
            needsTLS ? try Authority(in: folder, log: scratch.file("openssl.log")) : nil
        var yardstick: String?
        if let folder = plan.yardstick {
            do { yardstick = try Yardstick.program(in: folder, scratch: scratch) } catch {
                report.notes.append("no yardstick: \(error.reason)")
            }
        }
        return Contenders(
            plan: plan, cores: cores, loops: loops, log: Log(to: SilentSink()), scratch: scratch,
            authority: authority, yardstick: yardstick)
    }

    private func compare(
        _ contenders: Contenders, _ report: inout BenchReport
    ) async throws(BenchFault) {
        for transport in plan.transports {
            for format in plan.formats {
                Voice.say("callbench: comparison, \(format.rawValue), agent \(transport)\n")
                let run = ComparisonRun(plan: plan, format: format, transport: transport)
                let found = try await run.all(contenders)
                report.comparisons += found.comparisons
                report.memory += found.memory
                report.notes += found.notes
            }
        }
    }

    private func setUp(
        _ contenders: Contenders, _ report: inout BenchReport
    ) async throws(BenchFault) {
        guard let format = plan.formats.first, let transport = plan.transports.first else { return }
        Voice.say("callbench: set-ups and interruptions\n")
        let found = try await SetUpRun(plan: plan, format: format, transport: transport)
            .all(contenders)
        report.setUp = found.setUp
        report.notes += found.notes
    }

    private func findCapacity(
        _ contenders: Contenders, _ report: inout BenchReport
    ) async throws(BenchFault) {
        guard let transport = plan.transports.first else { return }
        for format in plan.formats {
            Voice.say("callbench: capacity, \(format.rawValue), agent \(transport)\n")
            let run = CapacityRun(plan: plan, format: format, transport: transport)
            let found = try await run.all(contenders)
            report.capacities += found.capacities
            report.notes += found.notes
        }
    }
}
