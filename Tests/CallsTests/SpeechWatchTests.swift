import Audio
import CAllocations
import Recordings
import Testing
import Wire

@testable import Calls

@Suite struct SpeechWatchTests {
    /// A caller's line: µ-law in frames of 20 ms, heard in real time.
    private struct Line {
        var watch = SpeechWatch()
        var now = Duration.zero
        var changes: [SpeechWatch.Change] = []

        mutating func hear(_ audio: [UInt8], frame: Int = 160) {
            for start in stride(from: 0, to: audio.count, by: frame) {
                let piece = Array(audio[start..<min(start + frame, audio.count)])
                now += .microseconds(piece.count * 125)
                let letters = Array(Base64.text(piece).utf8)
                let change = letters.withUnsafeBytes { watch.hear(base64: $0, at: now) }
                if let change { changes.append(change) }
            }
        }
    }

    private static func silence(_ seconds: Double) -> [UInt8] {
        [UInt8](repeating: MuLaw.silence, count: Int(seconds * 8_000))
    }

    /// White noise; `amplitude` is its peak.
    private static func noise(_ seconds: Double, amplitude: Int16, seed: UInt64) -> [UInt8] {
        var dice = seed
        return (0..<Int(seconds * 8_000)).map { _ in
            dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let sample = Int(dice >> 33) % (2 * Int(amplitude) + 1) - Int(amplitude)
            return MuLaw.encode(Int16(sample))
        }
    }

    /// Every recording of a caller, with its name.
    fileprivate static let callers: [(name: String, audio: [UInt8])] =
        RecordedVoice.all.filter { $0.name.hasPrefix("caller") }.compactMap { voice in
            (try? WaveFile(reading: voice.file)).map { (voice.name, $0.bytes) }
        }

    /// Where the sound of a recording begins and ends, in bytes, by its samples alone.
    private static func sounding(_ audio: [UInt8]) -> Range<Int> {
        let loud = audio.indices.filter { abs(Int(MuLaw.decode(audio[$0]))) > 800 }
        return (loud.first ?? 0)..<(loud.last ?? 0)
    }

    @Test func `there are recordings to hear`() {
        #expect(Self.callers.count == 6)
    }

    @Test func `silence is nobody`() {
        var line = Line()
        line.hear(Self.silence(5))
        #expect(line.changes == [])
        #expect(line.watch.utterances == 0)
        #expect(line.watch.lastSpokeAt == nil)
    }

    @Test(arguments: Self.callers.map(\.name))
    func `a recorded caller is heard from the first word to the last`(name: String) throws {
        let audio = try #require(Self.callers.first { $0.name == name }).audio
        let sound = Self.sounding(audio)
        var line = Line()
        line.hear(Self.silence(2))
        line.hear(audio)
        line.hear(Self.silence(1))
        let began = Duration.seconds(2) + .microseconds(sound.lowerBound * 125)
        let ended = Duration.seconds(2) + .microseconds(sound.upperBound * 125)
        guard case .began(let first) = line.changes.first,
            case .ended(let last) = line.changes.last
        else { return #expect(Bool(false), "\(line.changes)") }
        #expect(abs((first - began).seconds) < 0.15, "\(first) for \(began)")
        #expect(abs((last - ended).seconds) < 0.15, "\(last) for \(ended)")
        #expect(!line.watch.isSpeaking)
        #expect(line.watch.endedAt == last)
        // A pause between sentences may part them; a pause between words does not.
        #expect((1...2).contains(line.watch.utterances), "\(line.changes)")
    }

    @Test(arguments: [Int16(200), 1_000, 3_000])
    func `steady noise is nobody once it is known`(amplitude: Int16) {
        var line = Line()
        line.hear(Self.noise(4, amplitude: amplitude, seed: 7))
        let known = line.watch.utterances
        line.hear(Self.noise(20, amplitude: amplitude, seed: 11))
        #expect(line.watch.utterances == known)
        #expect(!line.watch.isSpeaking)
        if amplitude < 500 { #expect(known == 0) }
    }

    @Test func `a caller is heard above a noisy line`() throws {
        let audio = try #require(Self.callers.first { $0.name == "caller-en-request" }).audio
        let hiss = Self.noise(10, amplitude: 300, seed: 3)
        let mixed = audio.enumerated().map { at, code in
            let sum = Int(MuLaw.decode(code)) + Int(MuLaw.decode(hiss[at % hiss.count]))
            return MuLaw.encode(Int16(clamping: sum))
        }
        var line = Line()
        line.hear(Self.noise(4, amplitude: 300, seed: 5))
        #expect(line.watch.utterances == 0)
        line.hear(mixed)
        line.hear(Self.noise(1, amplitude: 300, seed: 9))
        #expect((1...2).contains(line.watch.utterances))
        #expect(!line.watch.isSpeaking)
    }

    /// How much of its audio a line took for speech.
    private static func spoken(_ line: Line) -> Duration {
        var (sum, since) = (Duration.zero, Duration?.none)
        for change in line.changes {
            switch change {
            case .began(let time): since = time
            case .ended(let time): sum += time - (since ?? time)
            }
        }
        return sum
    }

    @Test func `who speaks for long without a pause is heard all the time`() {
        var line = Line()
        // From the first frame on, and without the silence around the recordings.
        for _ in 0..<3 {
            for caller in Self.callers {
                line.hear(Array(caller.audio[Self.sounding(caller.audio)]))
            }
        }
        let length = line.now
        line.hear(Self.silence(1))
        let share = Self.spoken(line).seconds / length.seconds
        #expect(length > .seconds(30))
        #expect(share > 0.9, "\(share) of \(length)")
    }

    @Test func `a hum that breaks off between words as speech does is speech`() {
        var line = Line()
        line.hear(Self.silence(0.5))
        for word in 0..<40 {
            let length = 2_000 + 500 * (word % 6)
            line.hear(
                (0..<length + 500).map { at in
                    let wave = (at * (100 + word % 7) / 8_000) % 2 == 0 ? 6_000 : -6_000
                    return at < length ? MuLaw.encode(Int16(wave)) : MuLaw.silence
                })
        }
        line.hear(Self.silence(1))
        #expect(line.watch.utterances == 1, "\(line.changes)")
        #expect(!line.watch.isSpeaking)
    }

    @Test func `who speaks in the first frame is heard at once`() {
        var line = Line()
        line.hear((0..<4_000).map { MuLaw.encode($0 / 40 % 2 == 0 ? 6_000 : -6_000) })
        #expect(line.changes == [.began(.zero)])
    }

    @Test func `a lost frame does not make the noise around it speech`() {
        var line = Line()
        line.hear(Self.noise(4, amplitude: 1_000, seed: 7))
        let known = line.watch.utterances
        for seed in 0..<10 {
            line.hear(Self.silence(0.02))
            line.hear(Self.noise(1, amplitude: 1_000, seed: UInt64(seed)))
        }
        #expect(line.watch.utterances == known)
    }

    @Test func `a click is no speech`() {
        var line = Line()
        line.hear(Self.silence(1))
        line.hear([UInt8](repeating: 0x80, count: 240))
        line.hear(Self.silence(1))
        #expect(line.changes == [])
    }

    @Test(arguments: [80, 161, 320, 800, 4_000])
    func `frames of any size mean the same, to within 20 ms`(frame: Int) throws {
        let audio = try #require(Self.callers.first { $0.name == "caller-de-answer" }).audio
        let all = Self.silence(2) + audio + Self.silence(1)
        var usual = Line()
        usual.hear(all)
        var odd = Line()
        odd.hear(all, frame: frame)
        for time in [\SpeechWatch.beganAt, \SpeechWatch.endedAt] {
            let (one, other) = (odd.watch[keyPath: time], usual.watch[keyPath: time])
            let difference = abs((try #require(one) - #require(other)).seconds)
            #expect(difference <= 0.020)
        }
    }

    @Test func `a stream that breaks off in a word ends it`() throws {
        let audio = try #require(Self.callers.first { $0.name == "caller-en-answer" }).audio
        let sound = Self.sounding(audio)
        var line = Line()
        line.hear(Self.silence(1) + audio[..<(sound.lowerBound + 4_000)])
        #expect(line.watch.isSpeaking)
        // Nothing else may happen in the call that would make somebody look.
        #expect(line.watch.deadline == line.now + .seconds(1))
        let tooEarly = line.watch.wait(until: line.now + .milliseconds(399))
        #expect(tooEarly == nil)
        let end = line.watch.wait(until: line.now + .milliseconds(400))
        #expect(end != nil && !line.watch.isSpeaking)
        #expect(line.watch.deadline == nil)
    }

    @Test func `bytes that are no base64 do no harm`() {
        var watch = SpeechWatch()
        for size in 0..<300 {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ size) }
            _ = bytes.withUnsafeBytes { watch.hear(base64: $0, at: .milliseconds(size)) }
        }
        #expect(watch.utterances <= 1)
    }

    @Test func `hearing asks for no memory`() {
        var watch = SpeechWatch()
        let frame = [UInt8](repeating: 0x35, count: 160)
        let letters = Array(Base64.text(frame).utf8)
        var asked = 0
        for round in 0..<100 {
            let before = allocations_of_this_thread()
            letters.withUnsafeBytes { _ = watch.hear(base64: $0, at: .milliseconds(20 * round)) }
            // What is made once, the tables and what the runtime keeps of types, is made by then.
            if round >= 20 { asked += Int(allocations_of_this_thread() - before) }
        }
        #expect(asked == 0)
    }
}
