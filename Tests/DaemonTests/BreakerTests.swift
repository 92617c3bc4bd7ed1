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
    /// An agent's service that does as it is told and counts who dialled.
    private final class Service: AgentDialer {
        let fault = Mutex<DialFault?>(nil)
        let dialled = Mutex<[String]>([])
        let closed = Mutex(0)

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
            private let service: Service
            init(_ service: Service) { self.service = service }
            func received(text: RawSpan, on socket: any MessageSocket) {}
            func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
                service.closed.withLock { $0 += 1 }
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
                meters: meters, log: Log(to: sink, threshold: .debug), time: loop.time)
            canary = Canary(service, keeper, on: loop, meters)
            guarded = GuardedDialer(dialer: service, keeper: keeper)
            canary.start()
        }

        func fail(_ reason: EndReason, times: Int = 1) {
            for _ in 0..<times { keeper.failed("default", reason) }
            loop.run(for: .zero)
        }

        var isOpen: Bool {
            meters.render().contains("callbridge_breaker_open{agent=\"default\"} 1")
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
        house.loop.run(for: .seconds(2))
        #expect(house.dialled == 1)
        #expect(house.service.closed.withLock { $0 } == 1)
        #expect(!house.isOpen)
        #expect(house.events == ["breaker.opened", "breaker.closed"])
        house.loop.run(for: .seconds(600))
        #expect(house.dialled == 1)
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
}
