package import Twilio

/// The way to Twilio's REST interface: places calls and changes those that live.
///
/// Each asks again where that is safe and has one deadline for all of it.
package protocol TwilioLine: Sendable {
    /// Places a call. After an uncertain failure it may be ringing, and is not placed again.
    func place(_ call: OutboundCall) async throws(TwilioFailure) -> TwilioAnswer
    /// Changes a call; nil when it was to end and is over already.
    func update(_ call: CallSID, _ update: CallUpdate) async throws(TwilioFailure) -> TwilioAnswer?
}
