/// A way in which the agent's service fails, as seen in the field.
package enum ScriptedFault: Sendable, Equatable {
    /// The upgrade is answered with this status instead of 101.
    case refuseUpgrade(status: Int)
    /// The upgrade is answered only after this time.
    case slowUpgrade(Duration)
    /// The first message comes only after this time.
    case slowStart(Duration)
    /// Audio comes before the metadata.
    case audioFirst
    /// The metadata names an audio format nobody knows.
    case unknownFormat
    /// The conversation waits in a queue for this time and is then admitted.
    case queued(Duration)
    /// The conversation waits in a queue for this time and is then sent away.
    case queueTimeout(Duration)

    /// The flat error of an exhausted quota, then 1002.
    case quota
    /// An agent whose configuration is broken: 1002.
    case misconfigured
    /// A forbidden override: 1008.
    case forbidden
    /// An unexpected fault of the service: 1011.
    case crash
    /// A language model that does not answer: `client_error`, then 1002.
    case modelTimeout
    /// The longest allowed duration is over: 1000 with an error before it.
    case durationLimit
    /// The connection is dropped without a close frame.
    case cut
    /// Nothing is sent any more, pings neither; the socket stays open and is read.
    case stall
    /// Nothing is sent and nothing is read any more: a peer that is gone.
    case halfOpen

    /// A text frame that is no JSON.
    case garbage
    /// Messages of types nobody has heard of.
    case unknownTypes
    /// One audio message of 2 MiB.
    case hugeAudio
    /// An audio message whose base64 is broken.
    case badBase64

    /// `event_id` is left out of every message.
    case noEventIDs
    /// Audio pieces end in the middle of a sample.
    case oddPieces
    /// Audio of the interrupted turn still comes after the interruption.
    case strayAudio
    /// No pings at all.
    case noPings
    /// The caller cannot interrupt.
    case deaf
}

/// A fault and when it strikes.
package struct PlannedFault: Sendable, Equatable {
    package var fault: ScriptedFault
    /// Time since the metadata was sent; faults of the start and lasting ones need none.
    package var after: Duration

    package init(_ fault: ScriptedFault, after: Duration = .zero) {
        self.fault = fault
        self.after = after
    }

    /// Reads `quota`, `cut@5s`, `slow-start=4s`, `refuse-upgrade=401`.
    package init(_ text: some StringProtocol) throws(ScriptedFaultError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let pair = parts[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        after = .zero
        if parts.count == 2 {
            guard let moment = Duration(plain: parts[1]) else {
                throw ScriptedFaultError("\(parts[1]) is no duration")
            }
            after = moment
        }
        fault = try Self.fault(String(pair[0]), value: pair.count == 2 ? String(pair[1]) : nil)
    }

    private static let plain: [(name: String, fault: ScriptedFault)] = [
        ("audio-first", .audioFirst), ("unknown-format", .unknownFormat), ("quota", .quota),
        ("misconfigured", .misconfigured), ("forbidden", .forbidden), ("crash", .crash),
        ("model-timeout", .modelTimeout), ("duration-limit", .durationLimit), ("cut", .cut),
        ("stall", .stall), ("half-open", .halfOpen), ("garbage", .garbage),
        ("unknown-types", .unknownTypes), ("huge-audio", .hugeAudio),
        ("bad-base64", .badBase64), ("no-event-ids", .noEventIDs), ("odd-pieces", .oddPieces),
        ("stray-audio", .strayAudio), ("no-pings", .noPings), ("deaf", .deaf),
    ]

    /// Every name that can be read, those with a value as `name=VALUE`.
    package static var names: [String] {
        [
            "refuse-upgrade=STATUS", "slow-upgrade=TIME", "slow-start=TIME", "queued=TIME",
            "queue-timeout=TIME",
        ] + plain.map(\.name)
    }

    private static func fault(
        _ name: String, value: String?
    ) throws(ScriptedFaultError) -> ScriptedFault {
        if let found = plain.first(where: { $0.name == name }) {
            guard value == nil else { throw ScriptedFaultError("\(name) takes no value") }
            return found.fault
        }
        if name == "refuse-upgrade" {
            guard let status = Int(value ?? "503"), (300...599).contains(status) else {
                throw ScriptedFaultError("\(name) takes a status from 300 to 599")
            }
            return .refuseUpgrade(status: status)
        }
        guard let time = Duration(plain: value ?? "4s") else {
            throw ScriptedFaultError("\(name) takes a duration such as 4s")
        }
        switch name {
        case "slow-upgrade": return .slowUpgrade(time)
        case "slow-start": return .slowStart(time)
        case "queued": return .queued(time)
        case "queue-timeout": return .queueTimeout(time)
        default:
            let known = names.joined(separator: ", ")
            throw ScriptedFaultError("there is no fault \(name); known are \(known)")
        }
    }
}

/// Why a text names no fault.
package struct ScriptedFaultError: Error, Equatable {
    package var reason: String

    init(_ reason: String) { self.reason = reason }
}

extension ScriptedFault {
    /// True for faults that strike at one moment of a running conversation.
    var isMoment: Bool {
        switch self {
        case .quota, .misconfigured, .forbidden, .crash, .modelTimeout, .durationLimit, .cut,
            .stall, .halfOpen, .garbage, .unknownTypes, .hugeAudio, .badBase64:
            true
        default: false
        }
    }
}
