import Wire

/// What an operator asks of a living call besides its end, read and checked.
enum CallOrder: Sendable, Equatable {
    /// Hands the caller to a destination by its name or number; the call knows which are allowed.
    case transfer(String)
    /// The agent says this.
    case say(String)
    /// These keys are pressed for the caller.
    case digits(String)
    /// The agent is told this and says nothing about it.
    case context(String)

    /// A minute of speech.
    static let sayCharactersMax = 1_000
    /// A page of notes.
    static let contextCharactersMax = 4_000
    /// As many as REST's `SendDigits` takes.
    static let digitsMax = 32
    static let destinationCharactersMax = 64

    /// Reads the body of `POST /api/calls/{call_sid}/{action}`.
    init(_ action: String, _ body: JSONBody) throws(Problem) {
        switch action {
        case "transfer":
            self = .transfer(
                try body.text("to", charactersMax: Self.destinationCharactersMax))
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
