/// What was said and heard in a call, and what tools did: the truth that survives an agent.
///
///     transcript ─▶ caller's turn          reply ─▶ agent's turn ◀─ correction (it wins)
///     tool done  ─▶ tool                   audio ─▶ its length ◀─ interruption: cut at what
///     key        ─▶ counted                                       was heard
///
/// A reply's text comes whole, before or after its audio and long before it is played; it becomes
/// what was *heard* of it when playing breaks off. It is bounded: the oldest turns go first and
/// are counted. Words never print; see `SpokenText`.
package struct Conversation: Sendable, Equatable {
    /// Turns kept: about an hour of talk.
    package static let turnsMax = 400
    /// Words kept, in bytes: an hour of talk is about 50 KiB.
    package static let bytesMax = 64 * 1024
    /// The longest text of one turn; a tool's result may be as long.
    package static let turnBytesMax = 4 * 1024

    /// In the order they happened.
    package private(set) var turns: [ConversationTurn] = []
    /// Turns that found no room, the oldest.
    package private(set) var dropped = 0
    /// Keys the caller pressed; which ones is not kept.
    package private(set) var keys = 0
    private var audio = ReplyAudio()
    private var bytes = 0

    package init() {}

    /// A conversation as it was kept elsewhere.
    init(turns: [ConversationTurn], dropped: Int, keys: Int, audio: ReplyAudio) {
        self.dropped = dropped
        self.keys = keys
        self.audio = audio
        for turn in turns { append(turn) }
    }

    /// True when nothing was said, done or pressed.
    package var isEmpty: Bool { turns.isEmpty && dropped == 0 && keys == 0 }

    /// The caller's words, final for one turn.
    package mutating func callerSaid(_ text: String) {
        append(.caller(SpokenText(text)))
    }

    /// The caller pressed a key.
    package mutating func keyPressed() { keys += 1 }

    /// The text of a reply; it may come before its audio, after it, or after it was cut off.
    package mutating func agentSaid(_ text: String, event: Int64?) {
        let text = SpokenText(text)
        if let event, let index = index(of: event), let turn = turns[index].agent {
            guard !turn.isCut, !turn.isCorrected else { return }
            return replace(index, AgentTurn(text.continuing(turn.text), event: event))
        }
        append(.agent(AgentTurn(text, event: event)))
        // Of the one before it all has come: what was missed of it is known now.
        if let event, audio.isCut(event) || audio.isMissed(.min..<event) { cutReplies() }
    }

    /// Audio of the agent is queued to be played; `alignment` is the vendor's object as it came.
    package mutating func agentAudio(
        event: Int64?, duration: Duration, alignment: UnsafeRawBufferPointer? = nil
    ) {
        guard let event = event ?? audio.lastEvent else { return }
        audio.queue(event: event, duration: duration, alignment: alignment)
    }

    /// Audio of the agent came while the caller was away, and is not played.
    package mutating func agentMissed(event: Int64?, duration: Duration) {
        if let event = event ?? audio.lastEvent { audio.miss(event: event, duration: duration) }
    }

    /// The vendor says that a reply was generated to its end, where it is asked to.
    package mutating func agentFinished(event: Int64?) {
        if let event { audio.finish(event: event) }
    }

    /// The agent has more to say than came so far; false also where it does not tell.
    package var isReplyUnfinished: Bool { audio.isUnfinished }

    /// Playing was broken off in `event`, of which `heard` had been played; nil when nothing was
    /// playing any more. What was queued behind it, and any reply up to the vendor's id `upTo`,
    /// is never heard.
    package mutating func interrupted(event: Int64?, heard: Duration, upTo: Int64? = nil) {
        guard event != nil || upTo != nil else { return }
        audio.cut(event: event, heard: heard, upTo: upTo)
        cutReplies()
    }

    /// The caller's line is gone, or the agent: the same as an interruption of all that was said.
    package mutating func leftLine(heard: PlaybackPoint?) {
        let newest = turns.compactMap { $0.agent?.event }.max()
        interrupted(event: heard?.event, heard: heard?.duration ?? .zero, upTo: newest)
    }

    /// What the vendor believes was heard of an interrupted reply; it wins over our own reckoning.
    package mutating func corrected(original: String?, corrected: String, event: Int64?) {
        let found = turns.lastIndex { turn in
            guard let turn = turn.agent else { return false }
            return event.map { turn.event == $0 } ?? (turn.text.revealed == original)
        }
        // An id per message would name none of ours: then the reply before it is meant.
        let before = turns.lastIndex { turn in
            guard let turn = turn.agent, let own = turn.event, let event else { return false }
            return own <= event
        }
        guard let index = found ?? before, let turn = turns[index].agent else { return }
        let text = SpokenText(corrected)
        let isCut = turn.isCut || corrected != original ?? turn.text.revealed
        replace(
            index, AgentTurn(text, event: turn.event, isCut: isCut, isCorrected: true))
    }

    /// A tool was run to its end.
    package mutating func toolDone(name: String, callID: String, answer: ToolAnswer) {
        let result = SpokenText(answer.result).clipped(bytesMax: Self.turnBytesMax)
        append(
            .tool(ToolDone(name: name, callID: callID, result: result, isError: answer.isError)))
    }

    /// Another agent takes the call: its events are counted anew.
    package mutating func agentReplaced() {
        audio = ReplyAudio()
        for index in turns.indices {
            if var turn = turns[index].agent, turn.event != nil {
                turn.event = nil
                turns[index] = .agent(turn)
            }
        }
    }

    /// The audio of the last reply, by which it can still be cut, or the last there was.
    var lastReply: [ReplyAudio.Piece] {
        guard let event = turns.last(where: { $0.agent != nil })?.agent?.event else { return [] }
        return audio.pieces(from: min(event, audio.lastEvent ?? event))
    }

    private func index(of event: Int64) -> Int? {
        turns.lastIndex { $0.agent?.event == event }
    }

    /// Cuts every reply to what was heard of it; of the last one that was not cut, more may come.
    private mutating func cutReplies() {
        var next = Int64.max
        for index in turns.indices.reversed() {
            guard let turn = turns[index].agent, let event = turn.event else { continue }
            defer { next = event }
            let isKnown =
                audio.isCut(event) || next != .max && audio.isMissed(event..<max(event, next))
            guard event < next, isKnown, !turn.isCut, !turn.isCorrected,
                let heard = audio.heard(of: turn.text, events: event..<next)
            else { continue }
            replace(index, AgentTurn(heard, event: event, isCut: true))
        }
    }

    private mutating func replace(_ index: Int, _ turn: AgentTurn) {
        bytes -= turns[index].bytes
        var turn = turn
        turn.text = turn.text.clipped(bytesMax: Self.turnBytesMax)
        turns[index] = .agent(turn)
        bytes += turns[index].bytes
    }

    private mutating func append(_ turn: ConversationTurn) {
        turns.append(turn.clipped(bytesMax: Self.turnBytesMax))
        bytes += turns.last?.bytes ?? 0
        while turns.count > Self.turnsMax || bytes > Self.bytesMax {
            bytes -= turns.removeFirst().bytes
            dropped += 1
        }
    }
}

extension ConversationTurn {
    fileprivate func clipped(bytesMax: Int) -> ConversationTurn {
        switch self {
        case .caller(let text): return .caller(text.clipped(bytesMax: bytesMax))
        case .agent(var turn):
            turn.text = turn.text.clipped(bytesMax: bytesMax)
            return .agent(turn)
        case .tool: return self
        }
    }
}

extension SpokenText {
    /// This text after an earlier one of the same turn, which it may contain already.
    fileprivate func continuing(_ earlier: SpokenText) -> SpokenText {
        if earlier.isEmpty || revealed.hasPrefix(earlier.revealed) { return self }
        return SpokenText(earlier.revealed + " " + revealed)
    }
}

extension Conversation: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        "\(turns.count) turns, \(bytes) bytes spoken, \(keys) keys, \(dropped) dropped"
    }
    package var debugDescription: String { description }
}
