package import Instruments
package import Wire

/// Opens a conversation socket at the agent's service; the heart knows no other way out.
package protocol AgentDialer: Sendable {
    /// Dials the agent configured under `key`; the socket lives on `loop`, and nothing has been
    /// said on it yet. Bounded in time by the dialer.
    func dial(agent key: String, on loop: any Loop) async throws(DialFault)
        -> any MessageSocket
}

/// Why no conversation came about, as a reason of the call, and what a log may say of it.
package struct DialFault: Error, Sendable, Equatable {
    package var reason: EndReason
    /// For people; holds no secret and no spoken word.
    package var detail: String

    package init(_ reason: EndReason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
