import Audio
import Calls
import Simulators
import Switchboard
import Testing

/// Every utterance is a tone: its text is how many milliseconds it lasts.
struct ToneVoice: AgentVoice {
    static let tone = Tone(frequency: 1000, dBm0: -10)
    /// Made once: a long one takes a while.
    private static let bystander = make(Bystander.length, .telephone)

    func audio(of utterance: AgentScript.Utterance, in format: AudioFormat) -> [UInt8] {
        let length = Int(utterance.text) ?? 0
        guard length != Bystander.length || format != .telephone else { return Self.bystander }
        return Self.make(length, format)
    }

    private static func make(_ length: Int, _ format: AudioFormat) -> [UInt8] {
        tone.bytes(
            format.bytes(lasting: .milliseconds(length)) / format.bytesPerSample, as: format)
    }
}

extension AnnouncementShelf {
    static let tone = Tone(frequency: 1600, dBm0: -10)

    /// Every sentence of the house is a tone of a fifth of a second, which nobody else speaks.
    static var tones: AnnouncementShelf {
        let audio = tone.bytes(1_600, as: .telephone)
        let spoken = Language.allCases.map { ($0, Recording(text: "a tone", audio: audio)) }
        let all = Announcement.allCases.map { ($0, Dictionary(uniqueKeysWithValues: spoken)) }
        return AnnouncementShelf(Dictionary(uniqueKeysWithValues: all))
    }
}

extension AgentManners {
    /// Speaks a tone of this length in this format, and lets nobody interrupt.
    static func speaking(
        _ length: Int, _ format: AudioFormat = .telephone, then steps: [AgentScript.Step] = []
    ) -> AgentManners {
        var manners = AgentManners()
        manners.outputFormat = format
        manners.inputFormat = format
        let greeting = [AgentScript.Step.say(.init("\(length)"))] + steps
        manners.scripts = [AgentScript(greeting: greeting)]
        manners.faults = [PlannedFault(.deaf)]
        return manners
    }

    /// Says nothing at all.
    static var toneless: AgentManners { speaking(0) }

    /// Speaks for a second and fails in that way.
    static func failing(_ fault: ScriptedFault, after: Duration = .zero) -> AgentManners {
        var manners = AgentManners.speaking(1000)
        manners.faults.append(PlannedFault(fault, after: after))
        return manners
    }
}

extension CallerScript {
    static let tone = Tone(frequency: 600, dBm0: -10)

    /// Says a tone of this length, from the first frame on unless told otherwise.
    static func speaking(
        _ length: Duration, _ cue: Cue = .at(.zero), hangUp: HangUp
    ) -> CallerScript {
        var caller = CallerScript()
        let bytes = AudioFormat.telephone.bytes(lasting: length)
        caller.turns = [Turn(tone.bytes(bytes, as: .telephone), cue: cue)]
        caller.hangUp = hangUp
        return caller
    }
}

/// What a tone is recognised by.
enum Ear {
    /// The part of the sound's power that is this tone.
    private static func share(
        of tone: Tone, in bytes: some Collection<UInt8>, _ format: AudioFormat
    ) -> Double {
        Tone.share(of: tone.frequency, in: samples(Array(bytes), format), rate: format.rate)
    }

    /// The sound is this tone and next to nothing else.
    static func expect(
        _ tone: Tone, in bytes: some Collection<UInt8>, _ format: AudioFormat,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(heard(in: bytes, format) == tone.frequency, sourceLocation: place)
        #expect(share(of: tone, in: bytes, format) > 0.95, sourceLocation: place)
    }

    /// What lies between the house's own sentences, which a busy machine may call for: each stretch
    /// of a tenth of a second and more.
    static func betweenSentences(_ bytes: [UInt8]) -> [[UInt8]] {
        let piece = AudioFormat.telephone.bytes(lasting: .milliseconds(20))
        let pieces = stride(from: 0, to: bytes.count, by: piece).map {
            Array(bytes[$0..<min($0 + piece, bytes.count)])
        }
        return pieces.split { share(of: AnnouncementShelf.tone, in: $0, .telephone) > 0.2 }
            .filter { $0.count >= 5 }
            .map { $0.flatMap(\.self) }
    }

    /// The tone heard among the two that are spoken here.
    static func heard(in bytes: some Collection<UInt8>, _ format: AudioFormat) -> Double? {
        Tone.heard(
            among: [CallerScript.tone.frequency, ToneVoice.tone.frequency],
            in: samples(Array(bytes), format), rate: format.rate)
    }

    /// How much of the sound is this tone, 20 ms by 20 ms: pauses between them do not matter.
    static func duration(
        of tone: Tone, in bytes: some Collection<UInt8>, _ format: AudioFormat
    ) -> Duration {
        let frame = Duration.milliseconds(20)
        let samples = samples(Array(bytes), format)
        let count = format.bytes(lasting: frame) / format.bytesPerSample
        let pieces = stride(from: 0, to: samples.count, by: count).map {
            Array(samples[$0..<min($0 + count, samples.count)])
        }
        return frame
            * pieces.count { Tone.share(of: tone.frequency, in: $0, rate: format.rate) > 0.5 }
    }

    private static func samples(_ bytes: [UInt8], _ format: AudioFormat) -> [Int16] {
        guard format.encoding == .pcm16 else { return bytes.map(MuLaw.decode) }
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            Int16(truncatingIfNeeded: Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8)
        }
    }
}
