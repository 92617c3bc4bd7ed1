import Simulators
import Wire

/// What an agent says: the caller's words as it understood them, replies, interruptions.
extension AgentEnd {
    /// The caller's last words, as the service has understood them.
    func understand() {
        guard let words = line?.story.nextWords() else { return }
        hearing.said(words)
        say(
            #"{"type":"user_transcript","user_transcription_event":{"user_transcript":"\#(words)"}}"#
        )
    }

    /// One reply, faster than it is heard, and perhaps an interruption.
    func speak(_ reply: Int) async {
        event += 1
        // Who was told and has spoken is known to know it.
        if hearing.hasNews { line?.story.owesNews = false }
        if hearing.hasKeys { line?.story.owesKeys = false }
        if temper.format != "opus_48000" { presence = .present }
        let code = line?.replies.next() ?? 1
        codes.append(code)
        codesByEvent[Int64(event)] = code
        if reply == 0, hearing.goesOn { line?.replies.mute(code) }
        let words = ReplyWords(lasting: temper.replies[reply])
        say(
            #"{"type":"agent_response","agent_response_event":{"agent_response":"\#(words.text)","event_id":\#(event)}}"#
        )
        var left = temper.replies[reply]
        while left > .zero, !isClosed {
            let piece = min(left, temper.pieces)
            left -= piece
            say(audio: piece, code)
            if temper.pieceEvery > .zero { await loop.pause(for: temper.pieceEvery) }
        }
        guard !isClosed else { return }
        if temper.tellsEnds { tellEnd() }
        if temper.interrupted.contains(reply) { await beInterrupted(code, words) }
    }

    private func tellEnd() {
        endsTold += 1
        say(
            #"{"type":"agent_response_complete","agent_response_complete_event":{"event_id":\#(event)}}"#
        )
    }

    /// Half of a reply, of which the rest is owed ever after. Only an agent whose replies were heard
    /// and always told of their ends is known to owe it.
    func breakOff() {
        event += 1
        let code = line?.replies.next() ?? 1
        codes.append(code)
        codesByEvent[Int64(event)] = code
        let words = ReplyWords(lasting: .seconds(3))
        say(
            #"{"type":"agent_response","agent_response_event":{"agent_response":"\#(words.text)","event_id":\#(event)}}"#
        )
        say(audio: .milliseconds(1_500), code)
        let isKnown = endsTold > (hearing.goesOn ? 1 : 0) && toolsWaiting.isEmpty
        if isKnown { presence = .stalled }
        house.diary.saw(isKnown ? "agent owes the rest of a reply" : "agent broke off")
    }

    private func beInterrupted(_ code: UInt8, _ words: ReplyWords) async {
        await loop.pause(for: temper.thinks / 4)
        guard !isClosed else { return }
        line?.replies.willBeCut(codes)
        codes = []
        say(#"{"type":"interruption","interruption_event":{"event_id":\#(event)}}"#)
        // The service itself may still send a piece of what was interrupted.
        say(audio: .milliseconds(100), code)
        if !hearing.goesOn || event > 1 { holdTranscript(to: words, code, event: Int64(event)) }
    }

    private func say(audio length: Duration, _ code: UInt8) {
        let bytes: [UInt8] =
            switch temper.format {
            case "ulaw_8000": [UInt8](repeating: code, count: Int(length.microseconds / 125))
            case "pcm_16000":
                [UInt8](repeating: 8, count: Int(length.microseconds / 125) * 4)
            default: [UInt8](repeating: 8, count: Int(length.microseconds / 125) * 6)
            }
        guard !bytes.isEmpty else { return }
        say(
            #"{"type":"audio","audio_event":{"audio_base_64":"\#(Base64.text(bytes))","event_id":\#(event)}}"#
        )
    }
}

/// The words of a reply: short ones, evenly spread, slower than anybody could speak them.
struct ReplyWords: Sendable {
    /// One word lasts so long.
    private static let perWord: Duration = .milliseconds(200)

    let count: Int
    let duration: Duration

    init(lasting duration: Duration) {
        self.duration = duration
        count = max(1, Int(duration.microseconds / Self.perWord.microseconds))
    }

    var text: String { Array(repeating: "ah", count: count).joined(separator: " ") }

    /// How many of them lie whole in the first `heard` of the reply.
    func heard(in heard: Duration) -> Double {
        Double(count) * Double(heard.microseconds) / Double(duration.microseconds)
    }
}
