import Glibc
import Instruments
import Net
import Simulators
import Wire

/// A bridge under load, with the rig that loads it.
struct Contender: Sendable {
    /// As it stands in the report.
    let name: String
    let rig: LoadRig
    /// Whose CPU and memory are read; nil when that is not known.
    let process: Int32?
    /// What we started, and have to end.
    let child: ChildProcess?
    /// From its start until it answered; nil when somebody else started it.
    let start: Duration?
    /// Resident bytes before the first call.
    let idleBytes: Int

    /// What it has used so far.
    var usage: ProcessUsage { process.flatMap { ProcessUsage(of: $0) } ?? ProcessUsage() }

    /// Ends its calls and, if we started it, the process.
    func end() async {
        await rig.close()
        child?.end()
    }
}

/// Starts bridges.
struct Contenders: Sendable {
    private static let startMax = Duration.seconds(10)
    private static let publicURL = "https://callbridge.test"
    /// Only this machine ever sees them.
    private static let token = "callbench-token-of-no-account"
    private static let key = "callbench-key-of-no-account"

    let plan: BenchPlan
    let cores: Cores
    let loops: LoopPool
    let log: Log
    let scratch: Scratch
    let authority: Authority?
    /// The yardstick's program; nil when there is none.
    let yardstick: String?

    /// The bridge this benchmark is about, ready for calls.
    func callbridge(
        _ format: LoadFormat, _ transport: BenchPlan.Transport
    ) async throws(BenchFault) -> Contender {
        if let running = plan.running { return try await join(running, format, transport) }
        let port = try await FreePort.find(loops, log)
        let agentPort = try await FreePort.find(loops, log)
        var settings = [
            ("HOST", "127.0.0.1"), ("PORT", "\(port)"), ("METRICS_LISTEN", "off"),
            ("ENVIRONMENT", "development"), ("PUBLIC_URL", Self.publicURL),
            ("LOG_LEVEL", "warning"), ("LOOPS", "\(plan.loops)"),
            ("CALLS_MAX", "\(plan.callsMax)"), ("ELEVENLABS_AGENT_ID", "agent_test_bench"),
            ("ELEVENLABS_API_KEY", Self.key),
            (
                "ELEVENLABS_BASE_URL",
                "\(transport == .tls ? "https" : "http")://127.0.0.1:\(agentPort)"
            ),
        ]
        if transport == .tls, let authority {
            settings.append(("ELEVENLABS_CA_FILE", authority.certificate.file))
        }
        if plan.isSigned { settings.append(("TWILIO_AUTH_TOKEN", Self.token)) }
        settings.removeAll { old in plan.variables.contains { $0.name == old.0 } }
        return try await start(
            "callbridge", [plan.daemon, "serve"], settings + plan.variables,
            rig(format, transport, .initiated, port: port, agentPort: agentPort))
    }

    /// The bridge it is compared with; nil when there is none.
    func compared(
        _ format: LoadFormat, _ transport: BenchPlan.Transport
    ) async throws(BenchFault) -> Contender? {
        guard let yardstick else { return nil }
        let port = try await FreePort.find(loops, log)
        let agentPort = try await FreePort.find(loops, log)
        var words = [yardstick, "\(port)", "\(agentPort)"]
        if format == .pcm { words.append("--pcm") }
        if transport == .tls, let authority { words += ["--tls", authority.certificate.file] }
        return try await start(
            "yardstick", words, [],
            rig(format, transport, .opened, port: port, agentPort: agentPort))
    }

    private func rig(
        _ format: LoadFormat, _ transport: BenchPlan.Transport, _ greeting: LoadPlan.Greeting,
        port: Int, agentPort: Int
    ) throws(BenchFault) -> LoadRig {
        try rig(format, transport, greeting, url: "http://127.0.0.1:\(port)", agentPort: agentPort)
    }

    private func rig(
        _ format: LoadFormat, _ transport: BenchPlan.Transport, _ greeting: LoadPlan.Greeting,
        url: String, agentPort: Int
    ) throws(BenchFault) -> LoadRig {
        let bridge: WebAddress
        let publicURL: WebAddress
        do {
            bridge = try WebAddress(url)
            publicURL = try WebAddress(Self.publicURL)
        } catch { throw BenchFault(.usage, "\(url) is no address: \(error)") }
        let load = LoadPlan(
            bridge: bridge, publicURL: publicURL,
            token: plan.isSigned && greeting == .initiated ? SecretText(Self.token) : nil,
            format: format, greeting: greeting,
            agent: .tcp(host: "127.0.0.1", port: UInt16(clamping: agentPort)),
            certificate: transport == .tls ? authority?.certificate : nil,
            staysAwake: cores.bench != nil)
        do { return try LoadRig(load, on: loops, log: log) } catch {
            throw BenchFault(.software, error.reason)
        }
    }

    private func start(
        _ name: String, _ words: [String], _ settings: [(name: String, value: String)],
        _ rig: LoadRig
    ) async throws(BenchFault) -> Contender {
        do { try await rig.open() } catch { throw BenchFault(.unavailable, error.reason) }
        let output = scratch.file("\(name).log")
        let child = try ChildProcess(
            cores.onBridgeCore(words), environment: settings, output: output)
        let start = await rig.awaitBridge(within: Self.startMax) { child.isAlive }
        guard let start else {
            child.end()
            throw BenchFault(
                .unavailable,
                "\(name) did not answer; its last words: \(TextFile.tail(of: output, bytes: 600))")
        }
        return Contender(
            name: name, rig: rig, process: child.process, child: child, start: start,
            idleBytes: ProcessUsage(of: child.process)?.residentBytes ?? 0)
    }

    private func join(
        _ running: BenchPlan.Running, _ format: LoadFormat, _ transport: BenchPlan.Transport
    ) async throws(BenchFault) -> Contender {
        let rig = try rig(
            format, transport, .initiated, url: running.url, agentPort: running.agentPort)
        do { try await rig.open() } catch { throw BenchFault(.unavailable, error.reason) }
        guard await rig.awaitBridge(within: Self.startMax, while: { true }) != nil else {
            throw BenchFault(.unavailable, "nobody answers at \(running.url)")
        }
        return Contender(
            name: "callbridge", rig: rig, process: running.process, child: nil, start: nil,
            idleBytes: running.process.flatMap { ProcessUsage(of: $0) }?.residentBytes ?? 0)
    }
}
