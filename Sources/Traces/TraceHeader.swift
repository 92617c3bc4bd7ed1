package import Calls
import Switchboard
import Twilio
package import Wire

/// What a call was made of: its ticket, its limits, and what another process left of it.
package struct TraceHeader: Sendable, Equatable {
    package var ticket: CallTicket
    package var limits: CallLimits
    /// What the call goes on from; nil for one that began here.
    package var memory: CallMemory?

    package init(ticket: CallTicket, limits: CallLimits, memory: CallMemory? = nil) {
        self.ticket = ticket
        self.limits = limits
        self.memory = memory
    }

    /// As it stands in a trace.
    package var json: JSON {
        let plan = ticket.plan
        return [
            "call": .string(ticket.call.text), "session": .string(ticket.session),
            "direction": .string(ticket.direction.rawValue), "from": .string(ticket.from.raw),
            "to": .string(ticket.to.raw), "language": .string(plan.language.rawValue),
            "rungs": .array(plan.rungs.map(\.json)), "variables": .texts(plan.variables),
            "transfers": .texts(plan.transfers.mapValues(\.raw)),
            "emergency": plan.emergency.map { .string($0.raw) } ?? .null,
            "manners": plan.manners.json, "limits": limits.json,
            "memory": memory?.json ?? .null,
        ]
    }

    /// Reads it from a trace.
    package init(_ json: JSON) throws(TraceFault) {
        guard let call = CallSID(json["call"]?.text ?? ""), let session = json["session"]?.text,
            let direction = CallTicket.Direction(rawValue: json["direction"]?.text ?? ""),
            let from = json["from"]?.text, let to = json["to"]?.text,
            let language = Language(rawValue: json["language"]?.text ?? "")
        else { throw .unusable("the ticket cannot be read") }
        let plan = CallPlan(
            rungs: (json["rungs"]?.elements ?? []).compactMap { Rung($0) }, language: language,
            variables: json["variables"]?.texts ?? [:],
            transfers: (json["transfers"]?.texts ?? [:]).mapValues { PhoneNumber($0) },
            emergency: json["emergency"]?.text.map { PhoneNumber($0) },
            manners: [String: AgentManner](json["manners"] ?? [:]) ?? [:])
        ticket = CallTicket(
            call: call, session: session, plan: plan, direction: direction,
            from: PhoneNumber(from), to: PhoneNumber(to))
        limits = CallLimits(json["limits"] ?? [:])
        guard let left = json["memory"], left != .null else { return }
        do { memory = try CallMemory(left) } catch {
            throw .unusable("what was left of the call cannot be read")
        }
    }
}

extension CallLimits {
    private static let durations: [(String, any WritableKeyPath<CallLimits, Duration> & Sendable)] =
        [
            ("streamStartMax", \.streamStartMax), ("prewarmMax", \.prewarmMax),
            ("agentStartMax", \.agentStartMax), ("durationMax", \.durationMax),
            ("streamHoldsAfter", \.streamHoldsAfter), ("questionMax", \.questionMax),
            ("playbackLeadMax", \.playbackLeadMax), ("farewellGrace", \.farewellGrace),
            ("earlyAudioMax", \.earlyAudioMax), ("playbackQueueMax", \.playbackQueueMax),
            ("agentSilenceMax", \.agentSilenceMax), ("silenceAskAfter", \.silenceAskAfter),
            ("silenceEndAfter", \.silenceEndAfter), ("comfortAfter", \.comfortAfter),
            ("answerMax", \.answerMax), ("watchEvery", \.watchEvery),
            ("callerSilenceMax", \.callerSilenceMax),
            ("redialsForgottenAfter", \.redialsForgottenAfter),
            ("lastWordsAfter", \.lastWordsAfter), ("lastWordsMax", \.lastWordsMax),
        ]
    private static let counts: [(String, any WritableKeyPath<CallLimits, Int> & Sendable)] = [
        ("redialsMax", \.redialsMax), ("streamTriesMax", \.streamTriesMax),
        ("recapBytesMax", \.recapBytesMax), ("emergencyDialsMax", \.emergencyDialsMax),
    ]

    /// Every limit that a trace keeps; a test holds this list to be all there are.
    package static var tracedNames: [String] {
        durations.map(\.0) + counts.map(\.0) + ["version"]
    }

    var json: JSON {
        var members = [JSON.Member("version", .string(version))]
        for (name, path) in Self.durations {
            members.append(.init(name, .integer(TraceWriter.nanoseconds(self[keyPath: path]))))
        }
        for (name, path) in Self.counts {
            members.append(.init(name, .integer(Int64(self[keyPath: path]))))
        }
        return .object(members)
    }

    init(_ json: JSON) {
        self.init()
        version = json["version"]?.text ?? version
        for (name, path) in Self.durations {
            if let value = json[name]?.whole { self[keyPath: path] = .nanoseconds(value) }
        }
        for (name, path) in Self.counts {
            if let value = json[name]?.whole { self[keyPath: path] = Int(clamping: value) }
        }
    }
}

extension Rung {
    var json: JSON {
        switch self {
        case .agent(let key): ["agent": .string(key)]
        case .handOff(let key): ["handOff": .string(key)]
        case .human(let number): ["human": .string(number.raw)]
        case .queue: "queue"
        case .apology: "apology"
        }
    }

    init?(_ json: JSON) {
        if let key = json["agent"]?.text {
            self = .agent(key)
        } else if let key = json["handOff"]?.text {
            self = .handOff(key)
        } else if let number = json["human"]?.text {
            self = .human(PhoneNumber(number))
        } else {
            switch json.text {
            case "queue": self = .queue
            case "apology": self = .apology
            default: return nil
            }
        }
    }
}

extension JSON {
    static func texts(_ texts: [String: String]) -> JSON {
        .object(texts.sorted { $0.key < $1.key }.map { Member($0.key, .string($0.value)) })
    }

    var texts: [String: String] {
        Dictionary(
            (members ?? []).compactMap { member in member.value.text.map { (member.name, $0) } },
            uniquingKeysWith: { $1 })
    }
}
