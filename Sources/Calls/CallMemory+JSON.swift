import Instruments
import Switchboard
import Twilio
package import Wire

extension CallMemory {
    /// The shape of what is written; another is not read.
    private static let version: Int64 = 3

    /// As it is kept; it holds words and numbers in full and is for our next process alone.
    package var json: JSON {
        [
            "version": .integer(Self.version),
            "ticket": ticket.json,
            "started_at_ms": .integer(startedAt.milliseconds),
            "remembered_at_ms": .integer(rememberedAt.milliseconds),
            "stand": stand.json,
            "conversations": .integer(Int64(conversations)),
            "conversation": conversation.json,
            "tools": .array(tools.map(\.json)), "begun": .array(begun.map(\.json)),
            "pad": pad.json, "streams": .array(streams.map { .string($0) }),
        ]
    }

    /// Reads it back: every part is there and of its shape, or none is taken.
    package init(_ json: JSON) throws(CallMemoryFault) {
        guard json["version"]?.whole == Self.version else {
            throw CallMemoryFault(field: "version")
        }
        guard let conversation = Conversation(try json.part("conversation")) else {
            throw CallMemoryFault(field: "conversation")
        }
        self.init(
            ticket: try CallTicket(json.part("ticket")),
            startedAt: try json.time("started_at_ms"),
            rememberedAt: try json.time("remembered_at_ms"),
            stand: try CallStand(json.part("stand")),
            conversations: try json.count("conversations"), conversation: conversation,
            tools: try json.list("tools", max: ToolGuard.earlierMax, ToolPrint.init),
            begun: try json.list("begun", max: ToolGuard.earlierMax, ToolBegun.init),
            pad: try MessagePad(json.part("pad")),
            streams: try json.list("streams", max: Self.streamsMax) {
                (stream) throws(CallMemoryFault) in
                guard let nonce = stream.text else { throw CallMemoryFault(field: "streams") }
                return nonce
            })
    }
}

extension CallTicket {
    fileprivate var json: JSON {
        [
            "call_sid": .string(call.text), "session": .string(session), "plan": plan.json,
            "direction": .string(direction.rawValue), "from": .string(from.raw),
            "to": .string(to.raw),
        ]
    }

    fileprivate init(_ json: JSON) throws(CallMemoryFault) {
        guard let call = CallSID(try json.words("call_sid")) else {
            throw CallMemoryFault(field: "call_sid")
        }
        self.init(
            call: call, session: try json.words("session"), plan: try CallPlan(json.part("plan")),
            direction: try json.word("direction"), from: PhoneNumber(try json.words("from")),
            to: PhoneNumber(try json.words("to")))
    }
}

extension CallPlan {
    /// Rungs of a ladder that is read: far more than anybody configures.
    private static let rungsMax = 100

    fileprivate var json: JSON {
        [
            "number": number.json, "rungs": .array(rungs.map(\.json)),
            "language": .string(language.rawValue), "variables": JSON(table: variables),
            "transfers": JSON(table: transfers.mapValues(\.raw)), "emergency": emergency.json,
            "calls_max": callsMax.map { .integer(Int64($0)) } ?? .null,
            "manners": manners.json,
        ]
    }

    fileprivate init(_ json: JSON) throws(CallMemoryFault) {
        let rungs = try json.list("rungs", max: Self.rungsMax, Rung.init)
        guard !rungs.isEmpty else { throw CallMemoryFault(field: "rungs") }
        guard let manners = [String: AgentManner](try json.part("manners")) else {
            throw CallMemoryFault(field: "manners")
        }
        self.init(
            number: try json.number("number"), rungs: rungs, language: try json.word("language"),
            variables: try json.table("variables"),
            transfers: try json.table("transfers").mapValues { PhoneNumber($0) },
            emergency: try json.number("emergency"),
            callsMax: try json.part("calls_max") == .null ? nil : try json.count("calls_max"),
            manners: manners)
    }
}

extension Rung {
    fileprivate var json: JSON {
        switch self {
        case .agent(let key): ["rung": "agent", "key": .string(key)]
        case .handOff(let key): ["rung": "hand_off", "key": .string(key)]
        case .human(let number): ["rung": "human", "number": .string(number.raw)]
        case .queue: ["rung": "queue"]
        case .apology: ["rung": "apology"]
        }
    }

    fileprivate init(_ json: JSON) throws(CallMemoryFault) {
        switch try json.words("rung") {
        case "agent": self = .agent(try json.words("key"))
        case "hand_off": self = .handOff(try json.words("key"))
        case "human": self = .human(PhoneNumber(try json.words("number")))
        case "queue": self = .queue
        case "apology": self = .apology
        default: throw CallMemoryFault(field: "rung")
        }
    }
}

extension CallStand {
    /// A ladder has no more rungs than that, and no call as many tries.
    private static let rungMax = 1_000
    private static let triesMax = 1_000
    /// More people than any ladder names for an emergency.
    private static let emergencyMax = 100

    fileprivate var json: JSON {
        [
            "rung": .integer(Int64(rung)), "errand": errand?.json ?? .null,
            "elsewhere": .bool(isElsewhere), "joined": .bool(isJoined),
            "stream_tries": .integer(Int64(streamTries)), "redials": .integer(Int64(redials)),
            "emergency": emergency.map { .array($0.rest.map(\.json)) } ?? .null,
        ]
    }

    fileprivate init(_ json: JSON) throws(CallMemoryFault) {
        let errand = try json.part("errand")
        self.init(
            rung: min(try json.count("rung"), Self.rungMax),
            errand: errand == .null ? nil : try Errand(errand),
            isElsewhere: try json.flag("elsewhere"), isJoined: try json.flag("joined"),
            streamTries: min(try json.count("stream_tries"), Self.triesMax),
            redials: min(try json.count("redials"), Self.triesMax),
            emergency: try Self.emergency(json))
    }

    private static func emergency(_ json: JSON) throws(CallMemoryFault) -> Emergency? {
        guard try json.part("emergency") != .null else { return nil }
        return Emergency(rest: try json.list("emergency", max: emergencyMax, Transfer.init))
    }
}

extension Errand {
    fileprivate var json: JSON {
        switch self {
        case .digits(let keys): ["errand": "digits", "keys": .string(keys)]
        case .say(let text): ["errand": "say", "text": .string(text)]
        case .rung(let rung): ["errand": "rung", "rung": rung.json]
        case .transfer(let transfer): ["errand": "transfer", "to": transfer.json]
        }
    }

    fileprivate init(_ json: JSON) throws(CallMemoryFault) {
        switch try json.words("errand") {
        case "digits": self = .digits(try json.words("keys"))
        case "say": self = .say(try json.words("text"))
        case "rung": self = .rung(try Rung(json.part("rung")))
        case "transfer": self = .transfer(try Transfer(json.part("to")))
        default: throw CallMemoryFault(field: "errand")
        }
    }
}

extension Transfer {
    fileprivate var json: JSON {
        [
            "name": .string(name), "number": .string(number.raw),
            "author": .string(author.rawValue),
            "whisper": whisper.map { .string($0) } ?? .null,
        ]
    }

    fileprivate init(_ json: JSON) throws(CallMemoryFault) {
        let whisper = try json.part("whisper")
        self.init(
            name: try json.words("name"), number: PhoneNumber(try json.words("number")),
            author: try json.word("author"),
            whisper: whisper == .null ? nil : try json.words("whisper"))
    }
}

extension ToolPrint {
    fileprivate var json: JSON {
        [
            "print": .string(String(print, radix: 16)), "text": .string(answer.result),
            "failed": .bool(answer.isError),
        ]
    }

    fileprivate init(_ json: JSON) throws(CallMemoryFault) {
        guard let print = UInt64(try json.words("print"), radix: 16) else {
            throw CallMemoryFault(field: "print")
        }
        self.init(
            print: print,
            answer: ToolAnswer(
                result: try json.words("text"), isError: try json.flag("failed")))
    }
}

extension ToolBegun {
    fileprivate var json: JSON {
        ["name": .string(name), "print": .string(String(print, radix: 16))]
    }

    fileprivate init(_ json: JSON) throws(CallMemoryFault) {
        guard let print = UInt64(try json.words("print"), radix: 16) else {
            throw CallMemoryFault(field: "print")
        }
        self.init(name: try json.words("name"), print: print)
    }
}

extension MessagePad {
    fileprivate var json: JSON {
        [
            "errand": .string(errand), "keys": .string(keys),
            "tools": .array(tools.map { .string($0) }),
        ]
    }

    fileprivate init(_ json: JSON) throws(CallMemoryFault) {
        let tools = try json.list("tools", max: Self.toolsMax) {
            (json) throws(CallMemoryFault) in
            guard let name = json.text else { throw CallMemoryFault(field: "tools") }
            return name
        }
        self.init(
            errand: try json.words("errand"), keys: try json.words("keys"), tools: tools)
    }
}

extension PhoneNumber? {
    fileprivate var json: JSON { map { .string($0.raw) } ?? .null }
}
