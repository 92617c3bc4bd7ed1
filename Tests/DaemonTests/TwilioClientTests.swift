import Calls
import Instruments
import Net
import Simulators
import Testing
import Twilio
import Wire

@testable import Daemon

/// The way to Twilio's REST interface, with phonesim at its end.
@Suite(.serialized) struct TwilioClientTests {
    private struct Line {
        let client: TwilioClient
        let phones: PhoneSimulator
        let sink: MemorySink
        var retries: Int { sink.lines.count { $0.event == "twilio.retry" } }
    }

    private static let sid = "AC00000000000000000000000000000001"

    private static func open(
        _ change: (inout PhoneAccount) -> Void = { _ in }, at base: WebAddress? = nil,
        _ live: (Line) async throws -> Void
    ) async throws {
        let pool = LoopPool(count: 1)
        let silent = Log(to: SilentSink())
        let token = SecretText("f00dfeedc0ffee1234567890abcdef00")
        var account = PhoneAccount(
            order: PhoneOrder(
                voiceURL: try WebAddress("http://127.0.0.1:9"), accountSID: sid,
                authToken: token))
        account.callee.rings = .seconds(50)
        change(&account)
        let phones = try PhoneSimulator(loops: pool, log: silent)
        let place = try await phones.serve(account, at: .tcp(host: "127.0.0.1", port: 0))
        let sink = MemorySink()
        let credentials = TwilioCredentials(
            account: try #require(AccountSID(sid)), secret: token)
        let client = TwilioClient(
            base: try base ?? WebAddress("http://\(place.text)"),
            requests: TwilioRequest(credentials),
            client: HTTPClient(loop: pool.loops[0], extraCAFile: nil, log: silent),
            time: SystemTime(), log: Log(to: sink, threshold: .debug))
        let line = Line(client: client, phones: phones, sink: sink)
        do { try await live(line) } catch {
            await phones.stop()
            pool.stop()
            throw error
        }
        await phones.stop()
        pool.stop()
    }

    private static var call: OutboundCall {
        OutboundCall(
            to: PhoneNumber("+15550100010"), from: PhoneNumber("+15550100002"),
            answer: .document(TwiML(.hangup)))
    }

    @Test func `a call is placed, cannot be redirected while it rings, and is hung up`()
        async throws
    {
        try await Self.open { line in
            let placed = try await line.client.place(Self.call)
            #expect(placed.status == .queued)
            let failure = await #expect(throws: TwilioFailure.self) {
                try await line.client.update(placed.call, .document(TwiML(.hangup)))
            }
            guard case .refused(let refusal) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(refusal.code == 21220 && line.retries == 0)
            #expect(try await line.client.update(placed.call, .cancel)?.call == placed.call)
            #expect(try await line.client.update(placed.call, .hangUp)?.call == placed.call)
        }
    }

    @Test func `hanging up what nobody knows is done`() async throws {
        try await Self.open { line in
            let unknown = try #require(CallSID("CA00000000000000000000000000000009"))
            #expect(try await line.client.update(unknown, .hangUp) == nil)
            await #expect(throws: TwilioFailure.self) {
                try await line.client.update(unknown, .redirect(url: "https://h.example/"))
            }
        }
    }

    @Test(arguments: [PhoneAccount.Fault.tooMany, .broken, .gateway])
    func `a change is repeated while Twilio fails`(_ fault: PhoneAccount.Fault) async throws {
        try await Self.open({
            $0.fault = fault
            $0.faultsMax = 3
        }) { line in
            let unknown = try #require(CallSID("CA00000000000000000000000000000009"))
            #expect(try await line.client.update(unknown, .hangUp) == nil)
            #expect(line.retries == 3)
            let retries = line.sink.lines.filter { $0.event == "twilio.retry" }
            #expect(retries.allSatisfy { $0.field("CALL_SID") == unknown.text })
        }
    }

    @Test(arguments: [PhoneAccount.Fault.broken, .gateway, .doneAndBroken])
    func `a new call is not, for it may ring`(_ fault: PhoneAccount.Fault) async throws {
        try await Self.open({
            $0.fault = fault
            $0.faultsMax = 1
        }) { line in
            let failure = await #expect(throws: TwilioFailure.self) {
                try await line.client.place(Self.call)
            }
            #expect(failure?.isUncertain == true && line.retries == 0)
        }
    }

    @Test func `when Twilio asks for a longer wait than anybody has, that is the answer`()
        async throws
    {
        try await Self.open({
            $0.fault = .tooMany
            $0.retryAfterSeconds = 60
        }) { line in
            let failure = await #expect(throws: TwilioFailure.self) {
                try await line.client.place(Self.call)
            }
            guard case .refused(let refusal) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(refusal.retryAfter == .seconds(60) && line.retries == 0)
        }
    }

    @Test func `where nobody listens nothing was done, and that is tried again`() async throws {
        // Port 1 belongs to a service nobody runs.
        try await Self.open(at: try WebAddress("http://127.0.0.1:1")) { line in
            let failure = await #expect(throws: TwilioFailure.self) {
                try await line.client.place(Self.call)
            }
            guard case .unreachable = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(line.retries == TwilioRetry.triesMax - 1)
        }
    }
}
