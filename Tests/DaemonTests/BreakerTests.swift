import Calls
import Instruments
import Simulators
import Switchboard
import Synchronization
import Testing
import Twilio
import Wire

@testable import Daemon

/// Agents that fail are not tried for a while; a canary finds out when they are back.
@Suite struct BreakerTests {
    /// How the service behaves once its socket is open and the setup came.
    enum Manner: Sendable {
        case answers, silent
        case quotaBefore, quotaAfter, quotaSaidOnly, variableMissing, leaves
        case unknownFormat
    }

    /// An agent's service that does as it is told and counts who dialled.
    private final class Service: AgentDialer {
        let fault = Mutex<DialFault?>(nil)
        let manner = Mutex(Manner.answers)
        let dialled = Mutex<[String]>([])
        let setups = Mutex<[JSON]>([])
        let closed = Mutex<[UInt16]>([])

        func dial(agent key: String, on loop: any Loop) async throws(DialFault)
            -> any MessageSocket
        {
            dialled.withLock { $0.append(key) }
            if let fault = fault.withLock({ $0 }) { throw fault }
            let pair = MemorySocket.pair(on: loop)
            loop.run { pair.b.handler = Far(self) }
            return pair.a
        }

        /// The service's end of a conversation.
        private final class Far: MessageSocketHandler {
            private static let quota = "This request exceeds your quota limit."
            private let service: Service
            init(_ service: Service) { self.service = service }

            func received(text: RawSpan, on socket: any MessageSocket) {
                guard let setup = try? text.withUnsafeBytes({ try JSON(parsing: $0) }) else {
                    return
                }
                service.setups.withLock { $0.append(setup) }
                let manner = service.manner.withLock { $0 }
                switch manner {
                case .silent: break
                case .quotaBefore: refuse(socket)
                case .variableMissing:
                    say(
                        [
                            "type": "error",
                            "error_event": [
                                "code": 1008, "error_type": "missing_dynamic_variable",
                                "message": "customer",
                            ],
                        ], socket)
                    socket.close(code: 1008, reason: "Missing required dynamic variables")
                case .answers, .quotaAfter, .quotaSaidOnly, .leaves, .unknownFormat:
                    begin(socket, manner == .unknownFormat ? "opus_1" : "ulaw_8000")
                    if manner == .quotaAfter { refuse(socket) }
                    if manner == .quotaSaidOnly { complain(socket) }
                    if manner == .leaves { socket.close(code: 1000, reason: "") }
                }
            }

            private func begin(_ socket: any MessageSocket, _ format: String) {
                say(
                    [
                        "type": "conversation_initiation_metadata",
                        "conversation_initiation_metadata_event": [
                            "conversation_id": "conv_test_1",
                            "agent_output_audio_format": .string(format),
                            "user_input_audio_format": "ulaw_8000",
                        ],
                    ], socket)
            }

            private func complain(_ socket: any MessageSocket) {
                say(["type": "error", "message": .string(Self.quota)], socket)
            }

            /// An ordinary-looking close behind the flat error, as seen in the field.
            private func refuse(_ socket: any MessageSocket) {
                complain(socket)
                socket.close(code: 1000, reason: "")
            }

            private func say(_ message: JSON, _ socket: any MessageSocket) {
                let bytes = message.bytes
                socket.sendText(capacity: bytes.count) { writer in
                    bytes.withUnsafeBytes { writer.append($0) }
                }
            }

            func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
                service.closed.withLock { $0.append(closure.code) }
            }
        }
    }

    /// Breakers, canary and service in virtual time.
    private struct House {
        let loop = SimulatedLoop(order: .asAsked)
        let service = Service()
        let sink = MemorySink()
        let meters = MetricBoard()
        let keeper: BreakerKeeper
        let canary: Canary
        let guarded: GuardedDialer

        init() {
            keeper = BreakerKeeper(
                meters: BreakerMeters(meters), log: Log(to: sink, threshold: .debug),
                time: loop.time)
            canary = Canary(service, keeper, on: loop, meters) { ["agent": .string($0)] }
            guarded = GuardedDialer(dialer: service, keeper: keeper)
            canary.start()
        }

        func fail(_ reason: EndReason, times: Int = 1) {
            for _ in 0..<times { keeper.failed("default", reason) }
            loop.run(for: .zero)
        }

        var isOpen: Bool {
            meters.render().contains(
                #"callbridge_breaker_open{agent="default",way="conversation"} 1"#)
        }
        var events: [String] { sink.lines.map(\.event) }
        var dialled: Int { service.dialled.withLock { $0.count } }
    }

    @Test func `a quota error keeps callers from an agent at once`() async throws {
        let house = House()
        house.fail(.providerQuota)
        #expect(house.isOpen)
        await #expect(throws: DialFault.self) {
            try await house.guarded.dial(agent: "default", on: house.loop)
        }
        #expect(house.dialled == 0)
        #expect(house.events == ["breaker.opened"])
    }

    @Test func `what callers do is no failure of the agent`() {
        let house = House()
        for reason in [
            EndReason.callerHungUp, .agentEnded, .providerCircuitOpen, .twilioStreamLost,
        ] {
            house.fail(reason, times: 5)
        }
        #expect(!house.isOpen)
        #expect(house.keeper.board.lines.isEmpty)
    }

    @Test func `a canary closes it without a caller having to try`() {
        let house = House()
        house.fail(.providerUnreachable, times: 3)
        #expect(house.isOpen)
        house.loop.run(for: .seconds(14))
        #expect(house.dialled == 0)
        house.loop.run(for: .milliseconds(1_500))
        // The socket is open and the conversation has begun; that is not enough yet.
        #expect(house.dialled == 1)
        #expect(house.isOpen)
        house.loop.run(for: .seconds(1))
        #expect(house.service.setups.withLock { $0 } == [["agent": "default"]])
        #expect(house.service.closed.withLock { $0 } == [1000])
        #expect(!house.isOpen)
        #expect(house.events == ["breaker.opened", "breaker.closed"])
        house.loop.run(for: .seconds(600))
        #expect(house.dialled == 1)
    }

    @Test(arguments: [
        Manner.silent, .quotaBefore, .quotaAfter, .quotaSaidOnly, .leaves, .unknownFormat,
    ])
    func `an open socket is no answer`(_ manner: Manner) {
        let house = House()
        house.service.manner.withLock { $0 = manner }
        house.fail(.providerUnreachable, times: 3)
        house.loop.run(for: .seconds(25))
        #expect(house.dialled == 1)
        #expect(house.isOpen)
        #expect(house.service.closed.withLock { $0.count } == 1)
        // A quota error keeps it open for five minutes; any other for half a minute.
        house.service.manner.withLock { $0 = .answers }
        house.loop.run(for: .seconds(60))
        let isQuota =
            switch manner {
            case .quotaBefore, .quotaAfter, .quotaSaidOnly: true
            default: false
            }
        #expect(house.isOpen == isQuota)
        house.loop.run(for: .seconds(300))
        #expect(!house.isOpen)
    }

    @Test func `an agent that only misses a caller's variable answers`() {
        let house = House()
        house.service.manner.withLock { $0 = .variableMissing }
        house.fail(.providerUnreachable, times: 3)
        house.loop.run(for: .seconds(20))
        #expect(!house.isOpen)
    }

    @Test func `a canary that is stopped while it tries says nothing of the agent`() {
        let house = House()
        house.service.manner.withLock { $0 = .silent }
        house.fail(.providerUnreachable, times: 3)
        house.loop.run(for: .seconds(16))
        #expect(house.dialled == 1)
        house.canary.stop()
        house.loop.run(for: .seconds(60))
        #expect(house.service.closed.withLock { $0 } == [1000])
        #expect(!house.meters.render().contains("canaries_total{outcome"))
    }

    @Test func `a canary that fails comes again, less and less often`() {
        let house = House()
        house.service.fault.withLock { $0 = DialFault(.providerUnreachable, "refused") }
        house.fail(.providerUnreachable, times: 3)
        // After 15 s, then 30, 60, 120 and every 120 s.
        house.loop.run(for: .seconds(600))
        #expect((6...7).contains(house.dialled))
        #expect(house.isOpen)
        house.service.fault.withLock { $0 = nil }
        house.loop.run(for: .seconds(125))
        #expect(!house.isOpen)
    }

    @Test func `a canary that was stopped dials nobody`() {
        let house = House()
        house.fail(.providerQuota)
        house.canary.stop()
        house.loop.run(for: .seconds(1_000))
        #expect(house.dialled == 0)
    }

    @Test func `an agent that was changed begins anew`() {
        let house = House()
        house.fail(.agentMisconfigured, times: 3)
        #expect(house.isOpen)
        house.keeper.keep([])
        #expect(!house.isOpen)
        #expect(house.keeper.mayTry("default"))
    }

    @Test func `hand-offs that fail are not tried for a while, and conversations are`() async throws
    {
        let house = House()
        let keeper = BreakerKeeper(
            .handOff, meters: BreakerMeters(MetricBoard()), log: Log(to: house.sink),
            time: house.loop.time)
        let asked = Mutex(0)
        let fault = Mutex<DialFault?>(DialFault(.providerUnreachable, "refused"))
        let handOff = GuardedHandOff(
            handOff: { _, _ throws(DialFault) in
                asked.withLock { $0 += 1 }
                if let fault = fault.withLock({ $0 }) { throw fault }
                return "<Response/>"
            }, keeper: keeper)
        let ticket = CallTicket(
            call: try #require(CallSID("CA00000000000000000000000000000001")), session: "session_1",
            plan: CallPlan(), direction: .inbound, from: PhoneNumber("+15550100001"),
            to: PhoneNumber("+15550100002"))
        func reason() async -> EndReason? {
            do throws(DialFault) { _ = try await handOff("default", ticket) } catch {
                return error.reason
            }
            return nil
        }
        for _ in 0..<3 { #expect(await reason() == .providerUnreachable) }
        #expect(await reason() == .providerCircuitOpen)
        #expect(asked.withLock { $0 } == 3)
        #expect(house.keeper.mayTry("default"))
        // The first who asks when it is time is the trial.
        house.loop.run(for: .seconds(15))
        fault.withLock { $0 = nil }
        #expect(await reason() == nil)
        #expect(await reason() == nil)
        // A quota error is enough by itself.
        fault.withLock { $0 = DialFault(.providerQuota, "no credits") }
        #expect(await reason() == .providerQuota)
        #expect(await reason() == .providerCircuitOpen)
    }
}
