/// What an operator or the agent's tools may ask of a living call.
package enum Order: Sendable, Equatable {
    /// The call ends at once.
    case end
    /// The caller is handed to the destination of that name.
    case transfer(to: String, whisper: String?)
    /// A sentence is read to the caller, after what is being said.
    case say(String)
    /// Keys are played, `0-9*#`, `w` and `W` for half a second and a second.
    case digits(String)
    /// The agent is told something, without being asked for a reply.
    case context(String)
}

/// Why an order was not carried out.
package enum OrderRefusal: Error, Sendable, Equatable {
    /// The call is over, or has not got so far.
    case notNow(status: String)
    /// No destination of that name is allowed for this call.
    case destinationUnknown(allowed: [String])
    /// Nothing but keys can be played.
    case notKeys

    /// For people.
    package var reason: String {
        switch self {
        case .notNow(let status): "the call is \(status); this needs one in progress"
        case .destinationUnknown(let allowed):
            allowed.isEmpty
                ? "no transfers are allowed for this call"
                : "not an allowed destination; there are \(allowed.joined(separator: ", "))"
        case .notKeys: "keys are 0-9, *, #, and w or W for a pause"
        }
    }
}
