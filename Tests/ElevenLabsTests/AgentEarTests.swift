import CAllocations
import TestDice
import Testing
import Wire

@testable import ElevenLabs

struct AgentEarTests {
    private static func audio(_ event: Int, _ payload: String, _ more: String = "") -> [UInt8] {
        let text = """
            {"type":"audio","audio_event":{"event_id":\(event),\(more)"audio_base_64":"\(payload)"}}
            """
        return Array(text.utf8)
    }

    @Test func `a conversation is heard as it would be read message by message`() {
        var ear = AgentEar()
        for event in [0, 1, 9, 10, 123_456, 2] {
            for payload in ["AAAA", "AA==", String(repeating: "Zz9/", count: 5_000)] {
                let bytes = Self.audio(event, payload)
                #expect(Read(ear.hear(bytes.span.bytes)) == .audio(payload, eventID: Int64(event)))
            }
        }
    }

    @Test func `letters' times are found whatever came before`() {
        var ear = AgentEar()
        let timing = #""alignment":{"chars":["a"],"char_start_times_ms":[0]},"#
        for event in 1...20 {
            let bytes = Self.audio(event, "AAAA", event % 2 == 0 ? timing : "")
            guard case .audio(let audio) = ear.hear(bytes.span.bytes) else {
                Issue.record("no audio")
                continue
            }
            #expect(audio.withAlignment { $0 != nil } == (event % 2 == 0))
            withExtendedLifetime(bytes) {}
        }
    }

    @Test func `whatever was heard before, a message is read as if it were the first`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = Dice(seed: seed)
        let ping = Array(#"{"type":"ping","ping_event":{"event_id":41,"ping_ms":50}}"#.utf8)
        for round in 0..<400 {
            var ear = AgentEar()
            for number in 1...20 {
                var bytes = Self.audio(number * round, Base64.text(dice.bytes(number)))
                switch Int.random(in: 0..<4, using: &dice) {
                case 0: bytes = dice.damaged(bytes)
                case 1 where number % 4 == 0: bytes = ping
                default: break
                }
                let isSame = Read(ear.hear(bytes.span.bytes)) == Read(bytes)
                #expect(isSame, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test(.enabled(if: allocations_are_counted(), "a sanitizer has its own allocator"))
    func `audio is heard without an allocation`() {
        var ear = AgentEar()
        let (one, other) = (Self.audio(9, "AAAA"), Self.audio(10, "AA=="))
        var made: UInt = 0
        var heard: Int64 = 0
        // The first round warms up what the runtime makes once.
        for _ in 0..<3 {
            let before = allocations_of_this_thread()
            for _ in 0..<50 {
                guard case .audio(let audio) = ear.hear(one.span.bytes) else { break }
                guard case .audio(let next) = ear.hear(other.span.bytes) else { break }
                heard += (audio.eventID ?? 0) + (next.eventID ?? 0)
            }
            made = allocations_of_this_thread() - before
        }
        #expect(made == 0)
        #expect(heard == 3 * 50 * 19)
    }
}
