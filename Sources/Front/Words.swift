import Calls
import Switchboard
import Twilio

/// What the house says in one language.
struct Words: Sendable {
    let language: Language

    init(_ language: Language) { self.language = language }

    /// Read aloud by Twilio, in the language's own voice.
    func say(_ text: String) -> TwiML.Verb {
        .say(TwiML.Say(text, language: language == .german ? "de-DE" : "en-US"))
    }

    /// What the other party of a transfer is asked.
    var pressToAccept: String {
        switch language {
        case .german: "Ein Anruf wird an Sie weitergeleitet. Drücken Sie die Eins zum Annehmen."
        case .english: "A call is being transferred to you. Press one to accept."
        }
    }
}
