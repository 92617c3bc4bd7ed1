import Instruments
package import Twilio
package import Wire

/// What of a promised call outlives the process that made it.
package struct OutboundRecord: Sendable, Equatable {
    /// For so long a promise is known by its name.
    package static let ageMax: Duration = .seconds(24 * 3_600)

    /// What the agent is, and is told.
    package let promise: OutboundPromise
    /// Which request it was: the digest of it, as hexadecimal.
    package let fingerprint: String
    /// By the machine's monotonic clock, which goes on from process to process.
    package let placedAt: Duration
    /// Twilio's name of it; nil while nobody knows whether it was placed.
    package let call: CallSID?
    /// What Twilio said of it when it was placed.
    package let status: TwilioCallStatus
    /// Why it is over; nil while it is not.
    package let end: String?
}

extension OutboundRecord {
    /// The shape of what is written; another is not read.
    private static let version: Int64 = 1
    /// Milliseconds that no machine's clock outruns: a century.
    private static let times = Int64(0)...3_155_760_000_000

    /// As it is kept; it holds what the agent is told in full and is for our next process alone.
    package var json: JSON {
        [
            "version": .integer(Self.version), "promise": .string(promise.id),
            "session": .string(promise.session), "agent": .string(promise.agent),
            "variables": .object(
                promise.variables.sorted { $0.key < $1.key }
                    .map { JSON.Member($0.key, .string($0.value)) }),
            "fingerprint": .string(fingerprint),
            "placed_at_ms": .integer(placedAt.milliseconds),
            "call_sid": call.map { .string($0.text) } ?? .null,
            "status": .string(status.word), "end": end.map { .string($0) } ?? .null,
        ]
    }

    /// Reads it back; nil when a part is missing or of another shape.
    package init?(_ json: JSON) {
        guard json["version"]?.whole == Self.version, let id = json["promise"]?.text,
            let session = json["session"]?.text, let agent = json["agent"]?.text,
            let members = json["variables"]?.members,
            let fingerprint = json["fingerprint"]?.text,
            let placedAt = json["placed_at_ms"]?.whole, Self.times ~= placedAt,
            let status = json["status"]?.text
        else { return nil }
        var variables: [String: String] = [:]
        for member in members {
            guard let text = member.value.text else { return nil }
            variables[member.name] = text
        }
        self.init(
            promise: OutboundPromise(
                id: id, session: session, agent: agent, variables: variables),
            fingerprint: fingerprint, placedAt: .milliseconds(placedAt),
            call: json["call_sid"]?.text.flatMap { CallSID($0) },
            status: TwilioCallStatus(status), end: json["end"]?.text)
    }
}

/// Keeps promised calls beyond the process. Called on loops, so it must not block.
package protocol PromiseKeeper: Sendable {
    /// The promise as it stands now; the newest record of a promise is the one that counts.
    func keep(_ record: OutboundRecord)
    /// Nothing is kept any more of what was promised under that name.
    func forget(session: String)
    /// What another instance has promised under that name; it stays theirs.
    func elsewhere(_ session: String) async -> OutboundRecord?
    /// Returns when all that was to be kept is, or cannot be.
    func kept() async
}

/// Keeps nothing: promises die with their process.
package struct NoPromiseKeeper: PromiseKeeper {
    package init() {}

    package func keep(_ record: OutboundRecord) {}
    package func forget(session: String) {}
    package func elsewhere(_ session: String) async -> OutboundRecord? { nil }
    package func kept() async {}
}
