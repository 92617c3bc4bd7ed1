import Testing

@testable import Net

struct WebSocketPulseTests {
    private func payload(_ number: UInt64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private func answer(
        _ pulse: inout WebSocketPulse, _ payload: [UInt8], at now: Duration
    ) -> Duration? {
        payload.withUnsafeBytes { pulse.answered($0, at: now) }
    }

    @Test func `a round trip is measured once, for the last ping`() {
        var pulse = WebSocketPulse()
        let first = pulse.beat(at: .milliseconds(10))
        let second = pulse.beat(at: .milliseconds(30))
        #expect(answer(&pulse, payload(first), at: .milliseconds(35)) == nil)
        #expect(
            answer(&pulse, payload(second), at: .milliseconds(42)) == .milliseconds(12))
        #expect(answer(&pulse, payload(second), at: .milliseconds(50)) == nil)
    }

    @Test func `a pong nobody asked for measures nothing`() {
        var pulse = WebSocketPulse()
        #expect(answer(&pulse, payload(0), at: .zero) == nil)
        _ = pulse.beat(at: .zero)
        #expect(answer(&pulse, [], at: .zero) == nil)
        #expect(answer(&pulse, [1, 2, 3], at: .zero) == nil)
    }

    @Test func `a peer is silent from a ping until anything comes`() {
        var pulse = WebSocketPulse()
        #expect(!pulse.isSilent)
        _ = pulse.beat(at: .zero)
        #expect(pulse.isSilent)
        pulse.hear()
        #expect(!pulse.isSilent)
    }
}
