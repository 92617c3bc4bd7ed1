import Calls
import Instruments
import Net
import Simulators
import TestThreads
import Testing
import Wire

@testable import Daemon

/// Trials of an agent that plays ElevenLabs, over real sockets.
@Suite(.serialized, .ownThread) struct CanaryProbeTests {
    private static func probe(_ faults: [PlannedFault]) async throws -> DialFault? {
        let loops = LoopPool(count: 1)
        defer { loops.stop() }
        let log = Log(to: MemorySink())
        var options = AgentOptions()
        options.manners.faults = faults
        let simulator = AgentSimulator(options)
        let address = try await simulator.start(loops: loops, log: log)
        let dialer = ElevenLabsDialer(
            service: AgentService(
                base: try WebAddress("http://\(address.text)"), key: nil,
                agents: AgentNames(always: "agent_test_1")),
            client: HTTPClient(loop: loops.loops[0], extraCAFile: nil, log: log),
            dialer: WebSocketDialer(
                tls: try TLSContext.client(extraCAFile: nil), resolver: Resolver(),
                observer: NetMeters(MetricBoard(), log: log)))
        var fault: DialFault?
        do throws(DialFault) {
            let socket = try await dialer.dial(agent: "default", on: loops.loops[0])
            try await CanaryProbe.run(
                socket, saying: ["type": "conversation_initiation_client_data"],
                on: loops.loops[0], within: .seconds(120))
        } catch {
            fault = error
        }
        await simulator.stop()
        return fault
    }

    @Test func `an agent in order answers`() async throws {
        #expect(try await Self.probe([]) == nil)
    }

    @Test(arguments: ["quota", "quota@500ms"])
    func `an exhausted quota is found out, though the socket opens`(_ fault: String) async throws {
        #expect(try await Self.probe([PlannedFault(fault)])?.reason == .providerQuota)
    }

    @Test(
        arguments: [
            ("misconfigured", .agentMisconfigured), ("crash", .providerError),
            ("cut", .providerLost), ("unknown-format", .agentFormatUnknown),
            ("refuse-upgrade=503", .providerRefused),
        ] as [(String, EndReason)])
    func `and so is whatever else a caller would meet`(
        _ fault: String, _ reason: EndReason
    ) async throws {
        #expect(try await Self.probe([PlannedFault(fault)])?.reason == reason)
    }
}
