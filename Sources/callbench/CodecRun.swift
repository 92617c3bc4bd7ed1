import Audio
import ElevenLabs
import Instruments
import Twilio
import Wire

/// How long one piece of work on one frame takes.
struct CodecFigure: Sendable {
    var name: String
    /// The fastest batch, and the one in the middle, per frame.
    var least: Duration
    var median: Duration
}

/// Times what is done with each 20 ms of audio, in this process and on one thread.
///
/// Batches of frames are timed until the time is over: the fastest tells what the work costs, the
/// one in the middle what it costs on this machine now.
struct CodecRun {
    private static let framesPerBatch = 500
    private static let batchesMin = 9

    let time: Duration

    /// A rising and falling line as loud as speech: clipped audio takes a resampler another way.
    private static func samples(_ count: Int) -> [Int16] {
        (0..<count).map { Int16(abs($0 * 320 % 16_000 - 8_000) - 4_000) }
    }

    private let muLaw = Self.samples(160).map { MuLaw.encode($0) }
    private let stream = StreamSID("MZ" + String(repeating: "0", count: 32))

    /// All figures, in the order a frame goes.
    func all() -> [CodecFigure] {
        Resampler.clearEnvironment()
        return codecs() + resamplers() + texts() + wholePaths()
    }

    private func codecs() -> [CodecFigure] {
        let samples = UnsafeMutableRawBufferPointer.allocate(byteCount: 640, alignment: 64)
        let codes = UnsafeMutableRawBufferPointer.allocate(byteCount: 160, alignment: 64)
        defer {
            samples.deallocate()
            codes.deallocate()
        }
        codes.copyBytes(from: muLaw)
        samples.initializeMemory(as: UInt8.self, repeating: 0)
        let bytes = UnsafeRawBufferPointer(rebasing: samples[..<320])
        return [
            measure("µ-law decode, 160 samples") {
                MuLaw.decode(UnsafeRawBufferPointer(codes), into: samples)
            },
            measure("µ-law encode, 160 samples") { MuLaw.encode(bytes, into: codes) },
        ]
    }

    private func resamplers() -> [CodecFigure] {
        var figures: [CodecFigure] = []
        for (from, to) in [(8_000, 16_000), (16_000, 8_000)] {
            guard var resampler = try? Resampler(from: from, to: to) else { continue }
            let frame = Self.samples(from / 50)
            frame.withUnsafeBufferPointer { frame in
                figures.append(
                    measure("resampler, \(from / 1_000) to \(to / 1_000) kHz") {
                        _ = resampler.process(frame)
                    })
            }
        }
        return figures
    }

    private func texts() -> [CodecFigure] {
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: 1_024, alignment: 64)
        defer { target.deallocate() }
        let letters = Array(Base64.text(muLaw).utf8)
        let media = mediaMessage
        return muLaw.withUnsafeBytes { bytes in
            letters.withUnsafeBytes { letters in
                [
                    measure("base64 decode, 160 bytes") {
                        _ = Base64.decode(letters, into: target)
                    },
                    measure("base64 encode, 160 bytes") { Base64.encode(bytes, into: target) },
                    measure("read a media message") {
                        _ = TwilioReading(media.span.bytes, stream: stream)
                    },
                ]
            }
        }
    }

    /// From message to message, without the sockets.
    private func wholePaths() -> [CodecFigure] {
        let desk = Desk()
        defer { desk.clear() }
        return [uplinkUntouched(desk), uplink(desk), downlink(desk)].compactMap { $0 }
    }

    /// Where a message is written, and what lies decoded until then.
    private struct Desk {
        let message = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 64)
        let audio = UnsafeMutableRawBufferPointer.allocate(byteCount: 1_024, alignment: 64)

        func clear() {
            message.deallocate()
            audio.deallocate()
        }

        /// What some base64 says.
        func decoded(_ base64: LentBytes) -> UnsafeRawBufferPointer {
            let count = base64.lend { Base64.decode($0, into: audio) } ?? 0
            return UnsafeRawBufferPointer(rebasing: audio[..<count])
        }
    }

    private func uplinkUntouched(_ desk: Desk) -> CodecFigure? {
        let heard = mediaMessage
        return measure("uplink, µ-law untouched") {
            guard case .media(let media) = TwilioReading(heard.span.bytes, stream: stream)
            else { return }
            var writer = MessageWriter(desk.message)
            media.base64.lend { AgentCommand.audio(base64: $0, into: &writer) }
        }
    }

    private func uplink(_ desk: Desk) -> CodecFigure? {
        guard var transcoder = try? Transcoder(from: .telephone, to: .wideband) else { return nil }
        let heard = mediaMessage
        return measure("uplink, µ-law to 16 kHz PCM") {
            guard case .media(let media) = TwilioReading(heard.span.bytes, stream: stream)
            else { return }
            transcoder.push(desk.decoded(media.base64)) { frame in
                var writer = MessageWriter(desk.message)
                AgentCommand.audio(frame, into: &writer)
            }
        }
    }

    private func downlink(_ desk: Desk) -> CodecFigure? {
        guard var transcoder = try? Transcoder(from: .wideband, to: .telephone), let stream
        else { return nil }
        let heard = audioMessage
        return measure("downlink, 16 kHz PCM to µ-law") {
            guard case .audio(let audio) = AgentReading(heard.span.bytes) else { return }
            transcoder.push(desk.decoded(audio.base64)) { frame in
                var writer = MessageWriter(desk.message)
                TwilioCommand.media(stream, muLaw: frame, into: &writer)
            }
        }
    }

    private func measure(_ name: String, _ work: () -> Void) -> CodecFigure {
        let clock = SystemTime()
        for _ in 0..<Self.framesPerBatch { work() }
        var batches: [Duration] = []
        let end = clock.now + time
        while clock.now < end || batches.count < Self.batchesMin {
            let began = clock.now
            for _ in 0..<Self.framesPerBatch { work() }
            batches.append((clock.now - began) / Self.framesPerBatch)
        }
        batches.sort()
        return CodecFigure(name: name, least: batches[0], median: batches[batches.count / 2])
    }

    /// A caller's frame as Twilio sends it.
    private var mediaMessage: [UInt8] {
        let head =
            #"{"event":"media","sequenceNumber":"4711","media":{"track":"inbound","#
            + #""chunk":"4709","timestamp":"94180","payload":""#
        let tail = #""},"streamSid":"MZ"# + String(repeating: "0", count: 32) + #""}"#
        return Array((head + Base64.text(muLaw) + tail).utf8)
    }

    /// 20 ms of an agent's voice as ElevenLabs sends it.
    private var audioMessage: [UInt8] {
        let pcm = Self.samples(320).flatMap { sample in
            withUnsafeBytes(of: sample.littleEndian) { Array($0) }
        }
        let head = #"{"type":"audio","audio_event":{"event_id":4711,"audio_base_64":""#
        return Array((head + Base64.text(pcm) + #""}}"#).utf8)
    }
}
