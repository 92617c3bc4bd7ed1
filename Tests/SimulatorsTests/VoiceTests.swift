import Audio
import Testing

@testable import Simulators

struct VoiceTests {
    @Test(arguments: AudioFormat.agentFormats)
    func `a recording is as long in every format, and the agent's ear hears it as a turn`(
        format: AudioFormat
    ) throws {
        let words = AgentScript.Utterance("x", recording: "caller-en-request")
        let audio = StudioVoice().audio(of: words, in: format)
        let original = try #require(StudioVoice.recording(words.recording, in: .telephone))
        let difference =
            format.duration(ofBytes: audio.count)
            - AudioFormat.telephone.duration(ofBytes: original.count)
        #expect(difference >= .zero && difference <= .milliseconds(40))
        var ear = AgentEar(format: format, settings: .init(), keepsAudio: true)
        let quiet = [UInt8](
            repeating: format.silence, count: format.bytes(lasting: .seconds(1)))
        let events = try ear.hear(audio + quiet, at: .zero)
        #expect(events.first == .speechStarted && events.contains(.bargeIn))
        guard case .turnEnded(let speech) = events.last else {
            Issue.record("the turn did not end")
            return
        }
        #expect(speech > .seconds(1))
        #expect(ear.heard == audio + quiet)
    }

    @Test(arguments: AudioFormat.agentFormats)
    func `a murmur is as long as its words and loud enough to be speech`(
        format: AudioFormat
    ) throws {
        let audio = StudioVoice().audio(of: .init("Are you still there?"), in: format)
        let length = format.duration(ofBytes: audio.count)
        #expect(length > .milliseconds(1000) && length < .milliseconds(1600))
        var ear = AgentEar(format: format, settings: .init(), keepsAudio: false)
        #expect(try ear.hear(audio, at: .zero).contains(.speechStarted))
    }

    @Test func `quiet at the end of a recording is no part of the turn`() {
        let voice = [UInt8](repeating: 0x10, count: 1600)
        let turn = CallerScript.Turn(
            voice + [UInt8](repeating: 0xFF, count: 800), cue: .at(.zero))
        #expect(turn.tail == .milliseconds(100))
        #expect(CallerScript.Turn(voice, cue: .at(.zero)).tail == .zero)
    }

    @Test func `the meter sees gaps, bursts and the rate`() {
        var meter = UplinkMeter(format: .telephone)
        for index in 0..<100 { meter.chunk(160, at: .milliseconds(20 * index)) }
        #expect(meter.bytesPerSecond == 8000 && meter.gaps == 0 && meter.bursts == 0)
        meter.chunk(160, at: .milliseconds(2980))
        #expect(meter.gaps == 1 && meter.longestGap == .milliseconds(1000))
        for _ in 0..<50 { meter.chunk(160, at: .milliseconds(3000)) }
        #expect(meter.bursts == 1)
    }

    @Test func `a silent MP3 is whole frames of the call's length`() {
        let file = SilentMP3.bytes(lasting: .seconds(3))
        #expect(file.count == 83 * 144)
        #expect(stride(from: 0, to: file.count, by: 144).allSatisfy { file[$0] == 0xFF })
    }
}
