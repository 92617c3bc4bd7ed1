import Wire

/// What a server may say on a media stream.
package enum StreamOrder: Sendable, Equatable {
    /// mu-law, any length.
    case media([UInt8])
    case mark(String)
    case clear
}

/// Judges every message of a server on a media stream as strictly as Twilio: exactly the
/// documented fields, the stream's own id, strict base64, text frames. A message that fails is
/// dropped with 31950 or 31951, the stream goes on, and each code is recorded once per stream.
package struct StreamJudge: Sendable, Equatable {
    /// Reasons kept for people.
    package static let reasonsMax = 20

    private let streamSID: String

    /// Twilio's debugger: at most one entry for each code.
    package private(set) var entries: [DebuggerEntry] = []
    /// Why messages were dropped, the first ones.
    package private(set) var reasons: [String] = []
    package private(set) var mediaMessages = 0
    package private(set) var mediaBytes = 0
    package private(set) var marks = 0
    package private(set) var clears = 0
    package private(set) var dropped = 0
    package private(set) var largestMessage = 0
    /// Media messages whose audio is no whole number of 20 ms frames.
    package private(set) var unevenMessages = 0

    package init(streamSID: String) { self.streamSID = streamSID }

    /// A text frame; nil when it is dropped.
    package mutating func judge(text: RawSpan) -> StreamOrder? {
        largestMessage = max(largestMessage, text.byteCount)
        guard let json = try? JSON(parsing: text) else { return drop("the message is no JSON") }
        guard let members = json.members else { return drop("the message is no object") }
        switch json["event"]?.text {
        case "media": return media(json, members)
        case "mark": return mark(json, members)
        case "clear":
            guard isExact(members, ["event", "streamSid"]) else { return nil }
            clears += 1
            return .clear
        case let other?: return drop("there is no event \(other.prefix(40))")
        case nil: return drop("the message has no event")
        }
    }

    /// A binary frame, which has no meaning.
    package mutating func judgeBinary() {
        dropped += 1
        record(31950, "a binary frame")
    }

    private mutating func media(_ json: JSON, _ members: [JSON.Member]) -> StreamOrder? {
        guard isExact(members, ["event", "streamSid", "media"]),
            isExact(json["media"]?.members ?? [], ["payload"])
        else { return nil }
        guard let payload = json["media"]?["payload"]?.text else {
            return drop("media.payload is no text")
        }
        guard let bytes = Base64.bytes(payload) else { return drop("media.payload is no base64") }
        mediaMessages += 1
        mediaBytes += bytes.count
        if bytes.count % StreamPlayout.frameBytes != 0 { unevenMessages += 1 }
        return .media(bytes)
    }

    private mutating func mark(_ json: JSON, _ members: [JSON.Member]) -> StreamOrder? {
        guard isExact(members, ["event", "streamSid", "mark"]),
            isExact(json["mark"]?.members ?? [], ["name"])
        else { return nil }
        guard let name = json["mark"]?["name"]?.text else { return drop("mark.name is no text") }
        marks += 1
        return .mark(name)
    }

    /// True when the members have just these names, each once, and name this stream.
    private mutating func isExact(_ members: [JSON.Member], _ names: Set<String>) -> Bool {
        for member in members where !names.contains(member.name) {
            _ = drop("there is no field \(member.name.prefix(40))")
            return false
        }
        guard members.count == names.count else {
            let present = Set(members.map(\.name))
            let missing = names.subtracting(present).sorted().joined(separator: ", ")
            _ = drop(missing.isEmpty ? "a field comes twice" : "missing: \(missing)")
            return false
        }
        guard Set(members.map(\.name)).count == names.count else {
            _ = drop("a field comes twice")
            return false
        }
        if names.contains("streamSid"),
            members.first(where: { $0.name == "streamSid" })?.value.text != streamSID
        {
            _ = drop("streamSid is not this stream's")
            return false
        }
        return true
    }

    private mutating func drop(_ reason: String) -> StreamOrder? {
        dropped += 1
        record(31951, reason)
        return nil
    }

    private mutating func record(_ code: Int, _ reason: String) {
        if reasons.count < Self.reasonsMax { reasons.append("\(code): \(reason)") }
        if !entries.contains(where: { $0.code == code }) {
            entries.append(DebuggerEntry(code, reason))
        }
    }
}
