import Instruments
package import Wire

extension Conversation {
    /// The shape of what is written; another is not read.
    private static let version: Int64 = 1

    /// For what is remembered and for transcripts: turns as they were heard.
    package var json: JSON {
        [
            "version": .integer(Self.version),
            "dropped": .integer(Int64(dropped)),
            "keys": .integer(Int64(keys)),
            "turns": .array(turns.map(\.json)),
            // What was queued of the last reply: whoever takes over can still cut it.
            "queued": .array(lastReply.map(\.json)),
        ]
    }

    /// Reads it back; nil when it is of another shape.
    package init?(_ json: JSON) {
        guard json["version"]?.whole == Self.version, let turns = json["turns"]?.elements,
            let dropped = json["dropped"]?.count, let keys = json["keys"]?.count
        else { return nil }
        var read: [ConversationTurn] = []
        for turn in turns {
            guard let turn = ConversationTurn(turn) else { return nil }
            read.append(turn)
        }
        let pieces = (json["queued"]?.elements ?? []).compactMap { ReplyAudio.Piece($0) }
        self.init(turns: read, dropped: dropped, keys: keys, audio: ReplyAudio(pieces: pieces))
    }
}

extension ConversationTurn {
    fileprivate var json: JSON {
        switch self {
        case .caller(let text): return ["who": "caller", "text": .string(text.revealed)]
        case .agent(let turn):
            return [
                "who": "agent", "text": .string(turn.text.revealed),
                "event_id": turn.event.map { .integer($0) } ?? .null, "cut": .bool(turn.isCut),
                "corrected": .bool(turn.isCorrected),
            ]
        case .tool(let tool):
            return [
                "who": "tool", "name": .string(tool.name), "tool_call_id": .string(tool.callID),
                "text": .string(tool.result.revealed), "failed": .bool(tool.isError),
            ]
        }
    }

    fileprivate init?(_ json: JSON) {
        guard let text = json["text"]?.text.map({ SpokenText($0) }) else { return nil }
        switch json["who"]?.text {
        case "caller": self = .caller(text)
        case "agent":
            self = .agent(
                AgentTurn(
                    text, event: json["event_id"]?.whole, isCut: json["cut"] == true,
                    isCorrected: json["corrected"] == true))
        case "tool":
            guard let name = json["name"]?.text, let callID = json["tool_call_id"]?.text else {
                return nil
            }
            self = .tool(
                ToolDone(
                    name: name, callID: callID, result: text, isError: json["failed"] == true))
        default: return nil
        }
    }
}

extension ReplyAudio.Piece {
    fileprivate var json: JSON {
        [
            "event_id": .integer(event), "ms": .integer(duration.milliseconds),
            "missed_ms": .integer(missed.milliseconds),
        ]
    }

    fileprivate init?(_ json: JSON) {
        guard let event = json["event_id"]?.whole, let length = json["ms"]?.count else {
            return nil
        }
        self.init(
            event: event, duration: .milliseconds(length),
            missed: .milliseconds(json["missed_ms"]?.count ?? 0))
    }
}

extension JSON {
    /// A number of things.
    fileprivate var count: Int? {
        whole.flatMap { 0...Int64(Int32.max) ~= $0 ? Int($0) : nil }
    }
}
