import Testing
import Wire

@testable import Calls

/// What the agent is remembered to have said, and whether it was cut short.
private func replies(_ conversation: Conversation) -> [String] {
    conversation.turns.compactMap { turn in
        turn.agent.map { $0.text.revealed + ($0.isCut ? "|" : "") }
    }
}

@Suite struct ConversationTests {
    private let offer = "Tuesday at nine is free, or Thursday at half past two."

    @Test func `what was heard to its end stays whole`() {
        var talk = Conversation()
        talk.agentSaid("Good morning.", event: 1)
        talk.agentAudio(event: 1, duration: .seconds(1))
        talk.callerSaid("I need an appointment")
        talk.agentSaid(offer, event: 6)
        talk.agentAudio(event: 6, duration: .seconds(3))
        talk.agentAudio(event: 6, duration: .seconds(1))
        talk.interrupted(event: 6, heard: .seconds(4))
        #expect(replies(talk) == ["Good morning.", offer])
    }

    @Test func `an interruption leaves the words that were heard`() {
        var talk = Conversation()
        talk.agentSaid("Good morning.", event: 1)
        talk.agentAudio(event: 1, duration: .seconds(1))
        talk.agentSaid(offer, event: 6)
        talk.agentAudio(event: 6, duration: .seconds(4))
        talk.interrupted(event: 6, heard: .seconds(2))
        #expect(replies(talk) == ["Good morning.", "Tuesday at nine is free, or|"])
    }

    @Test func `it does not matter whether text or audio comes first`() {
        var talk = Conversation()
        talk.agentAudio(event: 6, duration: .seconds(4))
        talk.interrupted(event: 6, heard: .seconds(2))
        talk.agentSaid(offer, event: 6)
        #expect(replies(talk) == ["Tuesday at nine is free, or|"])
    }

    @Test func `a reply still being generated is longer than its audio so far`() {
        var talk = Conversation()
        talk.agentSaid(offer, event: 6)
        talk.agentAudio(event: 6, duration: .milliseconds(1_000))
        talk.interrupted(event: 6, heard: .milliseconds(1_000))
        #expect(replies(talk) == ["Tuesday at nine is|"])
        var done = Conversation()
        done.agentSaid(offer, event: 6)
        done.agentAudio(event: 6, duration: .milliseconds(1_000))
        done.agentFinished(event: 6)
        done.interrupted(event: 6, heard: .milliseconds(1_000))
        #expect(replies(done) == [offer])
    }

    @Test func `what was missed of a reply while away is not among its words`() {
        var talk = Conversation()
        talk.agentSaid(offer, event: 6)
        talk.agentMissed(event: 6, duration: .seconds(2))
        talk.agentAudio(event: 6, duration: .seconds(2))
        talk.agentFinished(event: 6)
        var cut = talk
        cut.interrupted(event: 6, heard: .seconds(1))
        #expect(replies(cut) == ["…Thursday at|"])
        // To its end it is known when the next one comes.
        talk.agentSaid("Hello?", event: 7)
        #expect(replies(talk) == ["…Thursday at half past two.|", "Hello?"])
    }

    @Test func `a reply of which all was missed was not heard, in this process or the next`() throws
    {
        var talk = Conversation()
        talk.agentSaid(offer, event: 6)
        talk.agentMissed(event: 6, duration: .seconds(4))
        talk.agentFinished(event: 6)
        var next = try #require(Conversation(talk.json))
        talk.agentSaid("Hello?", event: 7)
        #expect(replies(talk) == ["|", "Hello?"])
        next.interrupted(event: nil, heard: .zero, upTo: 6)
        #expect(replies(next) == ["|"])
    }

    @Test func `what was queued behind the cut was never heard`() {
        var talk = Conversation()
        talk.agentSaid(offer, event: 6)
        talk.agentAudio(event: 6, duration: .seconds(4))
        talk.agentSaid("Which do you like?", event: 7)
        talk.agentAudio(event: 7, duration: .seconds(1))
        talk.interrupted(event: 6, heard: .seconds(2))
        #expect(replies(talk) == ["Tuesday at nine is free, or|", "|"])
        talk.agentSaid("Sorry, go on.", event: 9)
        talk.agentAudio(event: 9, duration: .seconds(1))
        #expect(replies(talk).last == "Sorry, go on.")
    }

    @Test func `a reply whose audio never came was never heard`() {
        var talk = Conversation()
        talk.agentSaid(offer, event: 6)
        talk.agentAudio(event: 6, duration: .seconds(4))
        talk.agentSaid("Which do you like?", event: 8)
        var gone = talk
        talk.interrupted(event: nil, heard: .zero, upTo: 8)
        #expect(replies(talk) == [offer, "|"])
        gone.leftLine(heard: nil)
        #expect(replies(gone) == [offer, "|"])
        gone.agentSaid("Here I am.", event: 9)
        #expect(replies(gone).last == "Here I am.")
    }

    @Test func `a reply may come under rising ids`() {
        var talk = Conversation()
        talk.agentSaid(offer, event: 6)
        for event in 6..<10 { talk.agentAudio(event: Int64(event), duration: .seconds(1)) }
        talk.interrupted(event: 8, heard: .zero)
        #expect(replies(talk) == ["Tuesday at nine is free, or|"])
    }

    @Test func `the vendor's correction wins, before or after the cut`() {
        var after = Conversation()
        after.agentSaid(offer, event: 6)
        after.agentAudio(event: 6, duration: .seconds(4))
        after.interrupted(event: 6, heard: .seconds(2))
        after.corrected(original: offer, corrected: "Tuesday at", event: 6)
        #expect(replies(after) == ["Tuesday at|"])
        var before = Conversation()
        before.agentSaid(offer, event: 6)
        before.agentAudio(event: 6, duration: .seconds(4))
        before.corrected(original: offer, corrected: "Tuesday at", event: nil)
        before.interrupted(event: 6, heard: .seconds(2))
        #expect(replies(before) == ["Tuesday at|"])
        before.corrected(original: "never said", corrected: "anything", event: nil)
        #expect(replies(before) == ["Tuesday at|"])
    }

    @Test func `letters' own times cut more finely than shares do`() {
        let times = """
            {"chars":["O","n","e"," ","t","w","o"],"char_start_times_ms":[0,50,100,150,800,850,900],
            "char_durations_ms":[50,50,50,650,50,50,50]}
            """
        var talk = Conversation()
        talk.agentSaid("One two", event: 3)
        Array(times.utf8).withUnsafeBytes {
            talk.agentAudio(event: 3, duration: .seconds(1), alignment: $0)
        }
        var early = talk
        early.interrupted(event: 3, heard: .milliseconds(700))
        #expect(replies(early) == ["One|"])
        talk.interrupted(event: 3, heard: .milliseconds(825))
        #expect(replies(talk) == ["One t|"])
    }

    @Test func `alignments that are missing or broken leave the shares`() {
        for times in [nil, "{\"chars\":[\"O\"]}", "[]", "{", "{\"chars\":7}"] as [String?] {
            var talk = Conversation()
            talk.agentSaid("One two", event: 3)
            Array((times ?? "").utf8).withUnsafeBytes {
                talk.agentAudio(
                    event: 3, duration: .seconds(1), alignment: times == nil ? nil : $0)
            }
            talk.interrupted(event: 3, heard: .milliseconds(825))
            #expect(replies(talk) == ["One|"], "\(times ?? "none")")
        }
    }

    @Test func `a line that breaks is an interruption`() {
        var talk = Conversation()
        talk.agentSaid(offer, event: 6)
        talk.agentAudio(event: 6, duration: .seconds(4))
        talk.leftLine(heard: nil)
        #expect(replies(talk) == [offer])
        talk.leftLine(heard: PlaybackPoint(event: 6, duration: .seconds(2)))
        #expect(replies(talk) == ["Tuesday at nine is free, or|"])
    }

    @Test func `another agent's ids mean nothing to what was said before`() {
        var talk = Conversation()
        talk.agentSaid(offer, event: 6)
        talk.agentAudio(event: 6, duration: .seconds(4))
        talk.agentReplaced()
        talk.agentSaid("I am here again.", event: 1)
        talk.agentAudio(event: 1, duration: .seconds(2))
        talk.interrupted(event: 1, heard: .seconds(1))
        talk.corrected(original: nil, corrected: "I am", event: 1)
        #expect(replies(talk) == [offer, "I am|"])
    }

    @Test func `it is bounded, and says what it dropped`() {
        var talk = Conversation()
        for turn in 0..<1_000 { talk.callerSaid("turn \(turn)") }
        #expect(talk.turns.count == Conversation.turnsMax)
        #expect(talk.dropped == 600)
        for _ in 0..<100 { talk.callerSaid(String(repeating: "ü", count: 4_000)) }
        #expect(talk.turns.reduce(0) { $0 + $1.bytes } <= Conversation.bytesMax)
        #expect(talk.turns.allSatisfy { $0.bytes <= Conversation.turnBytesMax })
        #expect(talk.turns.count + talk.dropped == 1_100)
    }

    @Test func `words never print`() {
        var talk = Conversation()
        talk.callerSaid("my secret illness")
        talk.agentSaid("your secret illness", event: 1)
        talk.toolDone(name: "book", callID: "t1", answer: ToolAnswer(result: "a secret hour"))
        var dumped = ""
        dump(talk, to: &dumped)
        let answer = ToolAnswer(result: "a secret hour")
        for text in [
            "\(talk)", String(reflecting: talk), dumped, "\(talk.turns)", "\(answer)",
            String(reflecting: talk.turns), String(reflecting: answer),
        ] {
            #expect(!text.contains("secret"), "\(text)")
        }
    }

    @Test func `of very many events the newest are remembered`() {
        var talk = Conversation()
        for event in 0..<1_000 {
            talk.agentAudio(event: Int64(event), duration: .milliseconds(100))
        }
        talk.agentSaid(offer, event: 996)
        talk.agentFinished(event: 999)
        talk.interrupted(event: 998, heard: .zero)
        #expect(replies(talk) == ["Tuesday at nine is free, or|"])
    }
}
