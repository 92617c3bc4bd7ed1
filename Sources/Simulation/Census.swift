/// What has to happen in a simulation that is to find anything: every fault, and what answers it.
///
/// The rarest of them happens about once in fifty houses.
package enum Census {
    /// By the names under which a house's diary counts them.
    package static let expected: [String] =
        kills + streams + agents + tools + dials + reports + orders

    private static let kills = [
        "daemon killed", "daemon drains", "daemon drained", "call revived", "stream adopted",
        "the disk stalled",
        "agent told what was said before it",
    ]
    private static let streams = [
        "stream: breaks", "stream: deaf", "stream: mute", "stream: second", "stream: garbage",
        "stream: binary",
        "stream: secondStart", "stream replaced", "interrupted", "farewell", "a token was stolen",
    ]
    private static let agents = [
        "agent: deaf", "agent: fault", "agent: goodbye", "agent: mute", "agent: never",
        "agent: breaksOff", "agent owes the rest of a reply", "agent: policy", "agent: quota",
        "agent: vanishes", "agent lost early",
        "noise from the agent", "dial failed: provider_quota", "dial failed: provider_refused",
        "dial failed: provider_unreachable", "dial failed: provider_circuit_open",
        "agent failed: provider_silent", "agent failed: provider_lost",
        "agent failed: agent_format_unknown", "announced one-moment", "announced apology",
        "announced still-there", "announced time-is-up",
    ]
    private static let tools = [
        "tool: book_slot", "tool: end_call", "tool: transfer_call", "tool: send_dtmf",
        "tool: register_emergency_transfer", "tool answered", "tool answered: an error",
        "keys played", "transcript held against what was heard", "calls replayed",
    ]
    private static let dials = [
        "dialled: busy", "dialled: no-answer", "dialled: failed", "dialled: declined",
        "dialled: canceled", "dialled: joined", "dialled for an emergency: joined",
        "emergency ordered", "errand failed", "handed off", "waited for a place",
    ]
    private static let reports = [
        "status webhook lost", "webhook: a status out of order",
        "webhook: the end before the stream's", "webhook: stream-started",
        "webhook: stream-stopped", "a question asked again in the next stream",
    ]
    private static let orders = [
        "placing: placed", "placing: 429", "placing: 5xx", "placing: unreachable",
        "initiate-call: 201", "initiate-call: 409", "initiate-call: 502", "rung by us: person",
        "rung by us: mailbox", "rung by us: busy", "rung by us: no-answer", "ordered: end",
        "ordered: transfer", "ordered: digits", "ordered: say", "ordered: context",
        "ordered: emergency",
    ]
}
