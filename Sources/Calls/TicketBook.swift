import Synchronization
package import Twilio

/// Writes stream tokens and takes each of them once.
package final class TicketBook: Sendable {
    /// Spent nonces are remembered until they would have expired; at one stream a millisecond
    /// this many cover the lifetime of a token twice over.
    private static let spentMax = 65_536

    private let key: [UInt8]
    private let spent = Mutex<[String: Int64]>([:])

    /// `key`: at least 16 bytes, the same in every process that shall honour these tokens.
    package init(key: [UInt8]) {
        precondition(key.count >= 16, "a token key has at least 16 bytes")
        self.key = key
    }

    /// A fresh token for the call's next stream, which comes after `lead`.
    package func issue(
        for call: CallSID, wallClock: Duration, lead: Duration = .zero
    ) -> StreamToken {
        StreamToken(for: call, key: key, wallClock: wallClock, lead: lead)
    }

    /// Takes a token; the same one is refused ever after.
    package func redeem(
        _ text: String?, for call: CallSID, wallClock: Duration
    ) throws(StreamToken.Fault) {
        let token = try StreamToken(text, for: call, key: key, wallClock: wallClock)
        let now = wallClock.components.seconds
        let fault: StreamToken.Fault? = spent.withLock { spent in
            if spent.count >= Self.spentMax { spent = spent.filter { $0.value > now } }
            guard spent.count < Self.spentMax else { return .tooMany }
            return spent.updateValue(token.expiry, forKey: token.nonce) == nil ? nil : .replayed
        }
        if let fault { throw fault }
    }
}
