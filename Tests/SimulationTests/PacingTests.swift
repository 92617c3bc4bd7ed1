import Calls
import Instruments
import Simulators
import Testing
import Wire

@Suite struct PacingTests {
    /// Plays what the call sends through Twilio's own playout and returns it, with the longest
    /// queue seen there.
    private func play(
        _ house: CallInMemory, for length: Duration
    ) -> (playout: StreamPlayout, longest: Int) {
        var playout = StreamPlayout(began: house.loop.now)
        var longest = 0
        let end = house.loop.now + length
        while house.loop.now < end {
            for message in house.twilio.take() {
                if let audio = message["media"]?["payload"]?.text.flatMap(Base64.bytes) {
                    _ = playout.media(audio, at: house.loop.now)
                }
            }
            _ = playout.advance(to: house.loop.now)
            longest = max(longest, playout.queuedBytes)
            house.loop.run(for: .milliseconds(5))
        }
        return (playout, longest)
    }

    @Test(arguments: [160, 1_000, 7_777, 40_000])
    func `a reply that comes at once is played without a gap and never far ahead`(
        _ chunk: Int
    ) throws {
        let house = try CallInMemory.talking()
        let reply = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 / 160 % 120 + 1) }
        for start in stride(from: 0, to: reply.count, by: chunk) {
            house.agentSpeaks(Array(reply[start..<min(start + chunk, reply.count)]), event: 1)
        }
        let (playout, longest) = play(house, for: .seconds(6))
        // 400 ms are 3,200 bytes; the frame being played counts as well.
        #expect(longest <= 3_200 + 160)
        let heard = playout.heard.timeline().drop { $0 == HeardAudio.silence }
        let isWhole = Array(heard) == reply
        #expect(isWhole)
    }

    @Test func `an odd remainder is padded with silence, not lost`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks([UInt8](repeating: 9, count: 250), event: 1)
        house.loop.run(for: .seconds(1))
        let sent = house.twilio.take().compactMap { $0["media"]?["payload"]?.text }
            .compactMap(Base64.bytes).flatMap(\.self)
        #expect(sent == [UInt8](repeating: 9, count: 250) + [UInt8](repeating: 0xFF, count: 70))
    }
}
