import Calls
import Twilio
import Wire

/// Masks one record of a trace after another.
struct TraceMask: Sendable {
    /// The members of messages whose text is names and numbers of protocols, not people's words.
    private static let plain: Set = [
        "type", "event", "streamSid", "callSid", "accountSid", "sequenceNumber", "chunk",
        "timestamp", "track", "tracks", "name", "encoding", "conversation_id",
        "agent_output_audio_format", "user_input_audio_format", "tool_name", "tool_call_id",
        "tool_type", "protocol", "version", "code", "error_type", "reason",
    ]
    /// Those that hold audio: the caller's, the agent's.
    private static let voices: Set = ["payload", "audio_base_64"]
    /// Members whose own members are named by others, and may hold anything.
    private static let strangers: Set = ["parameters", "customParameters", "result"]
    private static let frameBytes = 160

    func masked(_ record: TraceRecord) -> TraceRecord {
        switch record {
        case .header(let json): .header(header(json))
        case .input(let json): .input(input(json))
        case .text(let socket, let bytes): .text(socket: socket, text(bytes))
        case .binary(let socket, let bytes):
            .binary(socket: socket, [UInt8](repeating: 0, count: bytes.count))
        default: record
        }
    }

    /// Digits of a number but for the first five; the rest are zeros, which name nobody.
    static func number(_ text: String) -> String {
        var seen = 0
        return String(
            text.map { letter in
                guard letter.isNumber else { return letter }
                seen += 1
                return seen > 5 ? "0" : letter
            })
    }

    private func header(_ json: JSON) -> JSON {
        json.mapMembers { name, value in
            switch name {
            case "from", "to", "emergency": value.text.map { .string(Self.number($0)) } ?? value
            case "transfers": value.mapMembers { $1.text.map { .string(Self.number($0)) } ?? $1 }
            case "variables": value.mapMembers { Self.words($1) }
            case "memory": Self.memory(value, name)
            case "rungs":
                .array(
                    (value.elements ?? []).map { rung in
                        rung["human"]?.text.map { ["human": .string(Self.number($0))] } ?? rung
                    })
            default: value
            }
        }
    }

    /// What was left of a call: words and numbers, wherever they stand.
    private static func memory(_ json: JSON, _ name: String) -> JSON {
        switch json {
        case .object where ["variables", "transfers"].contains(name):
            json.mapMembers { memory($1, name == "variables" ? "text" : "number") }
        case .object: json.mapMembers { memory($1, $0) }
        case .array(let elements): .array(elements.map { memory($0, name) })
        case .string(let text) where ["from", "to", "number", "emergency"].contains(name):
            .string(number(text))
        case .string where ["text", "result", "whisper", "keys"].contains(name): words(json, name)
        default: json
        }
    }

    private func input(_ json: JSON) -> JSON {
        json.mapMembers { name, value in
            ["text", "whisper", "result", "keys"].contains(name) ? Self.words(value, name) : value
        }
    }

    /// A message: its audio replaced in place, so that its form stays what it was; words only in
    /// messages that can be read.
    private func text(_ bytes: [UInt8]) -> [UInt8] {
        guard let json = try? JSON(parsing: bytes), json.members != nil else {
            // What nobody can read is not kept, but its length.
            return [UInt8](repeating: UInt8(ascii: "?"), count: bytes.count)
        }
        // What the service says of its own faults decides, and is about nobody.
        if ["error", "client_error"].contains(json["type"]?.text) { return bytes }
        return masked(json, "").bytes
    }

    private func masked(_ json: JSON, _ name: String) -> JSON {
        switch json {
        case .object where Self.strangers.contains(name): json.mapMembers { masked($1, "") }
        case .object: json.mapMembers { masked($1, $0) }
        case .array(let elements): .array(elements.map { masked($0, name) })
        case .string(let key) where name == "digit":
            .string(key.first?.isNumber == true ? "0" : key)
        case .string(let text):
            if Self.voices.contains(name) {
                .string(Self.voice(text, isCaller: name == "payload"))
            } else {
                Self.plain.contains(name) ? json : Self.words(json)
            }
        default: json
        }
    }

    /// As many x as there were letters; keys stay keys, and what has no letters has no words.
    private static func words(_ json: JSON, _ name: String = "") -> JSON {
        guard case .string(let text) = json else { return json }
        if name == "keys" { return .string(String(text.map { $0.isNumber ? "0" : $0 })) }
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return json }
        return .string(String(repeating: "x", count: text.utf8.count))
    }

    private static func voice(_ base64: String, isCaller: Bool) -> String {
        guard let audio = Base64.bytes(base64) else {
            return String(repeating: "?", count: base64.utf8.count)
        }
        guard isCaller else { return Base64.text([UInt8](repeating: 0xFF, count: audio.count)) }
        var buzz: [UInt8] = []
        for start in stride(from: 0, to: audio.count, by: frameBytes) {
            buzz += Buzz.asLoud(as: audio[start..<min(start + frameBytes, audio.count)])
        }
        return Base64.text(buzz)
    }
}

/// A sound that tells how loud another one was, and nothing else.
private enum Buzz {
    /// The square of the sample of each µ-law code (G.711).
    private static let squares: [Double] = (0..<256).map { code in
        let bits = ~UInt8(code)
        let exponent = Int(bits >> 4 & 7)
        let size = ((Int(bits & 15) << 3) + 0x84) << exponent
        let sample = Double(size - 0x84)
        return sample * sample
    }

    /// As long and as loud: one size of sample, its sign turning every eighth.
    static func asLoud(as audio: ArraySlice<UInt8>) -> [UInt8] {
        guard !audio.isEmpty else { return [] }
        let mean = audio.reduce(0.0) { $0 + squares[Int($1)] } / Double(audio.count)
        // Codes 0x80 to 0xFF are the positive samples, the loudest first.
        let code =
            (0x80...0xFF).min { abs(squares[$0] - mean) < abs(squares[$1] - mean) } ?? 0xFF
        return (0..<audio.count).map { UInt8($0 / 8 % 2 == 0 ? code : code & 0x7F) }
    }
}

extension JSON {
    /// The same object with other values.
    fileprivate func mapMembers(_ change: (String, JSON) -> JSON) -> JSON {
        guard let members else { return self }
        return .object(members.map { Member($0.name, change($0.name, $0.value)) })
    }
}
