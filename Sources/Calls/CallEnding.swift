/// How a call ended, for what Twilio still asks of it.
package struct CallEnding: Sendable, Equatable {
    package var reason: EndReason
    /// The caller was told already that something went wrong.
    package var hasApologized: Bool

    package init(reason: EndReason, hasApologized: Bool = false) {
        self.reason = reason
        self.hasApologized = hasApologized
    }

    /// What a caller who is still there gets.
    package var step: NextStep { reason.isOrdinary || hasApologized ? .hangUp : .apology }
}

extension CallMachine {
    /// What Twilio is answered once the call is over.
    var stepAfterEnd: NextStep {
        guard let ended else { return .hangUp }
        return CallEnding(reason: ended, hasApologized: hasApologized).step
    }
}
