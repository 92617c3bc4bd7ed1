/// Signatures handed out with signed URLs: what they open, until when, how often.
package struct SignedURLBook: Sendable, Equatable {
    /// A signature that opens a conversation.
    private struct Entry: Sendable, Equatable {
        var signature: String
        var agentID: String
        var expires: Duration
    }

    /// Signatures kept at once; the oldest go first.
    package static let entriesMax = 10_000

    private let life: Duration
    private let isSingle: Bool
    private var entries: [Entry] = []

    /// Signatures that live this long, and open once only if `isSingle`.
    package init(life: Duration, isSingle: Bool) {
        self.life = life
        self.isSingle = isSingle
    }

    /// A new signature for an agent.
    package mutating func mint(
        for agentID: String, using random: inout SeededRandom, at now: Duration
    ) -> String {
        let signature = "cvtkn_\(random.hex(digits: 40))"
        if entries.count == Self.entriesMax { entries.removeFirst() }
        entries.append(Entry(signature: signature, agentID: agentID, expires: now + life))
        return signature
    }

    /// True when the signature opens a conversation with this agent now.
    package mutating func open(_ signature: String, agentID: String, at now: Duration) -> Bool {
        let found = entries.firstIndex { $0.signature == signature && $0.agentID == agentID }
        guard let found, now < entries[found].expires else { return false }
        if isSingle { entries.remove(at: found) }
        return true
    }
}
