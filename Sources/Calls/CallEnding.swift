/// How a call ended, for what Twilio still asks of it.
package struct CallEnding: Sendable, Equatable {
    package var reason: EndReason
    /// The caller was told already that something went wrong.
    package var hasApologized: Bool
    /// Twilio has said that the call is over: whatever is still heard of it comes late.
    package var isFinal = false

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

    /// How it ended for that reason. A regret that Twilio was told to play is answered again should
    /// it ask again: the first answer may have been lost.
    func ending(for reason: EndReason) -> CallEnding {
        CallEnding(reason: reason, hasApologized: hasApologized && lastStep != .apology)
    }
}
