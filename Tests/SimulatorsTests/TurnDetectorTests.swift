import Testing

@testable import Simulators

/// A square wave of one loudness, 8 kHz.
private func voice(_ length: Duration, loudness: Int16 = 4000) -> [Int16] {
    (0..<Int(length.microseconds / 125)).map { $0 / 8 % 2 == 0 ? loudness : -loudness }
}

private func quiet(_ length: Duration) -> [Int16] { voice(length, loudness: 20) }

struct TurnDetectorTests {
    @Test func `a turn ends after 700 ms of quiet, not before`() {
        var detector = TurnDetector(sampleRate: 8000)
        let long: Duration = .milliseconds(1000)
        #expect(detector.hear(voice(long)) == [.speechStarted, .bargeIn])
        #expect(detector.hear(quiet(.milliseconds(680))) == [])
        #expect(detector.hear(quiet(.milliseconds(20))) == [.turnEnded(speech: long)])
        #expect(detector.hear(quiet(.seconds(5))) == [])
    }

    @Test func `syllables belong to one turn and add up to a barge-in`() {
        var detector = TurnDetector(sampleRate: 8000)
        var events: [TurnDetector.Event] = []
        for _ in 0..<4 {
            events += detector.hear(voice(.milliseconds(80)))
            events += detector.hear(quiet(.milliseconds(120)))
        }
        #expect(events == [.speechStarted, .bargeIn])
    }

    @Test func `a short word is a turn but no barge-in`() {
        var detector = TurnDetector(sampleRate: 8000)
        let word: Duration = .milliseconds(240)
        #expect(
            detector.hear(voice(word) + quiet(.seconds(1)))
                == [.speechStarted, .turnEnded(speech: word)])
    }

    @Test func `a click is nothing`() {
        var detector = TurnDetector(sampleRate: 8000)
        #expect(detector.hear(voice(.milliseconds(60)) + quiet(.seconds(2))) == [])
    }

    @Test func `two words with a long pause do not add up to a barge-in`() {
        var detector = TurnDetector(sampleRate: 8000)
        let word = voice(.milliseconds(200)) + quiet(.milliseconds(400))
        #expect(detector.hear(word + word) == [.speechStarted])
    }

    @Test func `an unsent silence ends a turn as a sent one does`() {
        var detector = TurnDetector(sampleRate: 8000)
        _ = detector.hear(voice(.milliseconds(400)))
        #expect(
            detector.hearNothing(for: .seconds(1)) == [.turnEnded(speech: .milliseconds(400))])
        #expect(detector.hearNothing(for: .seconds(1)) == [])
    }

    @Test(arguments: [8000, 16000, 22050, 24000, 44100, 48000])
    func `the pieces' sizes do not matter`(rate: Int) {
        var random = SeededRandom(seed: UInt64(rate))
        let sound = (0..<rate * 3).map { index in
            let second = Double(index) / Double(rate)
            return Int16(second < 1.0 ? (index % 40 < 20 ? 3000 : -3000) : 0)
        }
        var whole = TurnDetector(sampleRate: rate)
        let expected = whole.hear(sound)
        #expect(expected.count == 3)
        var split = TurnDetector(sampleRate: rate)
        var events: [TurnDetector.Event] = []
        var rest = sound[...]
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...3000, using: &random))
            events += split.hear(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        #expect(events == expected, "seed \(random.seed)")
    }
}
