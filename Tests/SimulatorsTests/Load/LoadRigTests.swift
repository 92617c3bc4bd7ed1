import Instruments
import Net
import Synchronization
import Testing
import Wire

@testable import Simulators

/// Load on the smallest bridge there is, over real sockets.
struct LoadRigTests {
    @Test(arguments: [LoadFormat.muLaw, .pcm])
    func `calls come up, every frame arrives, and all ends`(format: LoadFormat) async throws {
        let loops = LoopPool(count: 1)
        let log = Log(to: SilentSink())
        let bridge = SmallestBridge(format: format)
        let server = HTTPServer(loops: loops, log: log, handler: bridge)
        let bound = try await server.listen(.tcp(host: "127.0.0.1", port: 0))
        let rig = try LoadRig(
            LoadPlan(
                bridge: try WebAddress("http://\(bound.text)"),
                publicURL: try WebAddress("https://callbridge.test"), format: format,
                greeting: .opened, agent: .tcp(host: "127.0.0.1", port: 0)),
            on: loops, log: log)
        let agent = try await rig.open()
        bridge.agent.withLock { $0 = "ws://\(agent.text)/v1/convai/conversation" }
        let growth = await rig.grow(to: 3, atOnce: 2)
        #expect(growth.made == 3)
        #expect(growth.failed == 0)
        let notes = await rig.takeNotes()
        #expect(notes == [])
        let begun = await rig.takeMeter()
        #expect(begun.webhook.count == 3)
        #expect(begun.setUp.count == 3)
        #expect(begun.firstAudio.count == 3)
        #expect(begun.downlink.count == 3)
        await rig.startTraffic(settling: .zero, window: .seconds(5))
        let lost = await rig.stopTraffic(drain: .seconds(10))
        #expect(lost == 0)
        let meter = await rig.takeWindow()
        #expect(meter.callerFrames > 0)
        #expect(meter.unexpected == 0)
        #expect(meter.refused == 0)
        #expect(Int(meter.downlink.count) == meter.agentFrames)
        #expect(Int(meter.uplink.count) == meter.callerFrames)
        #expect(await rig.hangUp() == 0)
        await rig.close()
        await server.close()
        loops.stop()
    }

    @Test func `a bridge that refuses is said to`() async throws {
        let loops = LoopPool(count: 1)
        let log = Log(to: SilentSink())
        let server = HTTPServer(loops: loops, log: log, handler: RefusingBridge())
        let bound = try await server.listen(.tcp(host: "127.0.0.1", port: 0))
        let rig = try LoadRig(
            LoadPlan(
                bridge: try WebAddress("http://\(bound.text)"),
                publicURL: try WebAddress("https://callbridge.test"), format: .muLaw,
                greeting: .initiated, agent: .tcp(host: "127.0.0.1", port: 0)),
            on: loops, log: log)
        try await rig.open()
        let growth = await rig.grow(to: 2, atOnce: 2)
        #expect(growth.made == 0)
        #expect(growth.failed == 2)
        let notes = await rig.takeNotes()
        #expect(notes.allSatisfy { $0.contains("answered 503") })
        #expect(notes.count == 2)
        await rig.close()
        await server.close()
        loops.stop()
    }
}

/// Answers every request with 503.
private struct RefusingBridge: HTTPHandler {
    func bodyLimit(_ request: HTTPRequest) -> Int { 4_096 }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        .respond(HTTPResponse(status: 503))
    }
}
