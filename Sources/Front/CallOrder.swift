package import Calls
import Wire

/// What an operator asks of a living call besides its end, read and checked.
extension Order {
    /// A minute of speech.
    static let sayCharactersMax = 1_000
    /// A page of notes.
    static let contextCharactersMax = 4_000
    /// As many as REST's `SendDigits` takes.
    static let digitsMax = 32
    private static let destinationCharactersMax = 64
    /// What is read to whoever takes the transferred call: two sentences.
    private static let whisperCharactersMax = 300

    /// Reads the body of `POST /api/calls/{call_sid}/{action}`.
    package init(_ action: String, _ body: JSONBody) throws(Problem) {
        switch action {
        case "transfer":
            self = .transfer(
                to: try body.text("to", charactersMax: Self.destinationCharactersMax),
                whisper: try body.textIfAny(
                    "whisper", charactersMax: Self.whisperCharactersMax))
        case "say": self = .say(try body.text("text", charactersMax: Self.sayCharactersMax))
        case "dtmf":
            let digits = try body.text("digits", charactersMax: Self.digitsMax)
            guard digits.utf8.allSatisfy("0123456789*#wW".utf8.contains) else {
                throw .unusable("digits has others than 0-9, *, #, w and W")
            }
            self = .digits(digits)
        case "context":
            self = .context(try body.text("text", charactersMax: Self.contextCharactersMax))
        default: throw .noSuchPath(action[...])
        }
    }
}

extension Problem {
    /// Why a call did not do as it was told: 409 for a call that is not there yet or any more,
    /// 422 for an order it cannot carry out.
    init(_ refusal: OrderRefusal) {
        self =
            switch refusal {
            case .notNow: Problem(409, "Conflict", refusal.reason)
            case .destinationUnknown: .unusable("to is \(refusal.reason)")
            case .notKeys: .unusable(refusal.reason)
            }
    }
}
