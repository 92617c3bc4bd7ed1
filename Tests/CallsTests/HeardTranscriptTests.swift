import Testing
import Wire

@testable import Calls

/// Random calls on paper: what is remembered is what was played.
@Suite struct HeardTranscriptTests {
    /// A reply of as many words as seconds: every word lasts one.
    private struct Reply {
        var event: Int64
        var words: [String]
        var text: String { words.joined(separator: " ") }
    }

    /// A call whose clock, ledger and conversation are told the same things.
    private struct Desk {
        var clock = PlaybackClock()
        var ledger = PlaybackLedger()
        var talk = Conversation()
        var now = Duration.zero
        var marks = MarkLine()
        /// How much later than the clock believes Twilio plays.
        var behind = Duration.zero

        mutating func queue(_ reply: Reply) {
            talk.agentSaid(reply.text, event: reply.event)
            for _ in reply.words {
                talk.agentAudio(event: reply.event, duration: .seconds(1))
                ledger.queue(event: reply.event, duration: .seconds(1))
                clock.send(.seconds(1), at: now)
                ledger.mark(marks.next(), sent: clock.sent)
            }
            talk.agentFinished(event: reply.event)
        }

        /// Time goes by, and marks come back as Twilio plays.
        mutating func pass(_ duration: Duration, echoed: inout Int) {
            let end = now + duration
            while now < end {
                now += .milliseconds(20)
                let played = clock.heard(at: now - behind)
                while echoed < marks.last, Duration.seconds(echoed + 1) <= played {
                    echoed += 1
                    ledger.echo(echoed, clock: clock.heard(at: now))
                }
            }
        }
    }

    @Test(arguments: [0, 300, 900])
    func `what is remembered is what was played, however far Twilio is behind`(behind: Int) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = seed
        func roll(_ sides: Int) -> Int {
            dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((dice >> 33) % UInt64(sides))
        }
        for _ in 0..<200 {
            var desk = Desk()
            desk.behind = .milliseconds(behind)
            let replies = (0..<1 + roll(4)).map { index in
                Reply(
                    event: Int64(index * 3 + roll(3)),
                    words: [String](repeating: "word\(index)", count: 1 + roll(6)))
            }
            for reply in replies { desk.queue(reply) }
            var echoed = 0
            desk.pass(.milliseconds(1_100 + behind + 20 * roll(900)), echoed: &echoed)
            let played = desk.clock.heard(at: desk.now - desk.behind)
            let point = desk.ledger.point(clock: desk.clock.heard(at: desk.now))
            desk.talk.leftLine(heard: point)
            let remembered = desk.talk.turns.compactMap { $0.agent?.text.revealed }
                .flatMap { $0.split(separator: " ") }
            // What begins or ends within a quarter of a second may go either way.
            let least = Int(max(0, played.seconds - 0.25))
            let most = Int(played.seconds + 0.25)
            #expect(
                (least...most).contains(remembered.count),
                "seed \(seed): \(remembered.count) words in \(played)")
            let said = replies.flatMap(\.words)
            let isBeginning = remembered.map(String.init) == Array(said.prefix(remembered.count))
            #expect(isBeginning, "seed \(seed)")
        }
    }

    @Test func `no order of events breaks it`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = seed
        func roll(_ sides: Int) -> Int {
            dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((dice >> 33) % UInt64(sides))
        }
        let words = ["one", "zwölf", "", "so it is\nnot", "日本語です"]
        for _ in 0..<300 {
            var talk = Conversation()
            for _ in 0..<60 {
                let event = roll(5) == 0 ? nil : Int64(roll(12))
                let text = (0..<roll(5)).map { _ in words[roll(words.count)] }
                    .joined(separator: " ")
                switch roll(9) {
                case 0: talk.callerSaid(text)
                case 1, 2: talk.agentSaid(text, event: event)
                case 3, 4: talk.agentAudio(event: event, duration: .milliseconds(roll(900)))
                case 5:
                    talk.interrupted(
                        event: event, heard: .milliseconds(roll(2_000)),
                        upTo: roll(2) == 0 ? nil : Int64(roll(12)))
                case 6: talk.corrected(original: nil, corrected: text, event: event)
                case 7: talk.agentFinished(event: event)
                default: if roll(4) == 0 { talk.agentReplaced() } else { talk.keyPressed() }
                }
                #expect(talk.recap(bytesMax: 200).utf8.count <= 200, "seed \(seed)")
            }
            let read = try #require(Conversation(try JSON(parsing: talk.json.bytes)))
            #expect(read.json == talk.json, "seed \(seed)")
        }
    }
}
