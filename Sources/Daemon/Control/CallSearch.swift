import Calls

/// Finds the call somebody means by some of its name.
enum CallSearch: Equatable {
    case found(Int)
    case nothing
    /// The text fits several; each in the way it fits.
    case several([String])

    /// Fewer characters than this could fit any call: `CA`, `session_`, `conv_` are prefixes of all.
    static let charactersMin = 3

    /// Looks for `text` among calls: as the whole of one of its names (Twilio's, our session's, the
    /// agent's conversation's) or as the beginning of one call's names only.
    init(_ text: String, among calls: [CallFacts]) {
        let names = calls.map(Self.names)
        if let whole = names.firstIndex(where: { $0.contains(text) }) {
            self = .found(whole)
            return
        }
        guard text.count >= Self.charactersMin else {
            self = .nothing
            return
        }
        let hits = names.enumerated().compactMap { index, names in
            names.first { $0.hasPrefix(text) }.map { (index, $0) }
        }
        switch hits.count {
        case 0: self = .nothing
        case 1: self = .found(hits[0].0)
        default: self = .several(hits.map(\.1))
        }
    }

    private static func names(_ call: CallFacts) -> [String] {
        [call.ticket.call.text, call.ticket.session] + (call.conversation.map { [$0] } ?? [])
    }
}
