import Instruments
import Simulators
import Testing
import Wire

@testable import Daemon

/// What operators ask of a call that lives, over real sockets.
@Suite(.serialized) struct OperatorOrderTests {
    @Test func `the agent is told, keys are pressed, a sentence is read, and the call is ended`()
        async throws
    {
        try await LiveHouse.open({ plan in
            plan.agent = .speaking(30_000)
            plan.account = { _ in }
        }) { house in
            let order = try house.order(1, .speaking(.milliseconds(200), hangUp: .never))
            async let result = house.phones.ring(order)
            let path = "/api/calls/\(order.callSID)"
            try await house.until("they talk") {
                try await house.status(of: order.callSID)?["status"] == "in-progress"
            }
            let context = try await house.ask("\(path)/context", ["text": "VIP"])
            #expect(context.status == 202, "\(context.text)")
            let keys = try await house.ask("\(path)/dtmf", ["digits": "12#"])
            #expect(keys.status == 202, "\(keys.text)")
            try await house.until("they talk again") {
                house.sink.lines.count { $0.event == "stream.connected" } == 2
            }
            try await house.until("and the sentence may be read") {
                try await house.ask("\(path)/say", ["text": "One moment, please."]).status == 202
            }
            try await house.until("they talk once more") {
                house.sink.lines.count { $0.event == "stream.connected" } == 3
            }
            let transfer = try await house.ask("\(path)/transfer", ["to": "nobody"])
            #expect(transfer.status == 422, "\(transfer.text)")
            #expect(try await house.ask("\(path)/end", [:]).status == 200)
            #expect(try await house.ending(of: order.callSID) == "operator_ended")
            let kinds = try await result.events.map(\.kind)
            #expect(kinds.contains("keys") && kinds.contains("say"))
        }
    }
}
