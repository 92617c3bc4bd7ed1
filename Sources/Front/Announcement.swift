import Twilio

/// What a caller hears when no agent can speak: a sentence in the language of the number called.
enum Announcement {
    /// All lines are taken.
    static func busy(for number: PhoneNumber) -> TwiML {
        speak(
            number,
            german: "Zurzeit sind alle Leitungen belegt. Bitte rufen Sie später noch einmal an.",
            english: "All lines are busy at the moment. Please call again later.")
    }

    /// The agent is lost or never came.
    static func apology(for number: PhoneNumber) -> TwiML {
        speak(
            number,
            german: "Es tut uns leid, ein technischer Fehler ist aufgetreten. "
                + "Bitte rufen Sie noch einmal an.",
            english: "We are sorry, a technical error has occurred. Please call again.")
    }

    private static func speak(_ number: PhoneNumber, german: String, english: String) -> TwiML {
        let speaksGerman = ["43", "49"].contains(number.countryCode)
        return TwiML(
            .say(
                speaksGerman
                    ? TwiML.Say(german, language: "de-DE") : TwiML.Say(english, language: "en-US")),
            .hangup)
    }
}
