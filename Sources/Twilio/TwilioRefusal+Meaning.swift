/// What Twilio's codes say, in the words of whoever has to do something about them.
extension TwilioRefusal {
    private static let meanings: [Int64: String] = [
        10001: "the account is not active",
        10004: "the account has as many calls at once as it may",
        20001: "Twilio does not know a parameter of ours",
        20003: "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN do not fit",
        20005: "the account is not active",
        20403: "the account may not do this",
        20404: "Twilio knows no such thing in this region",
        20409: "Twilio is already changing it",
        20422: "a parameter of ours is not valid",
        20429: "too many requests at once",
        20500: "Twilio failed",
        20503: "Twilio is not available",
        21201: "no number to call was given",
        21205: "PUBLIC_URL is no address that Twilio can ask",
        21210: "TWILIO_PHONE_NUMBER belongs neither to the account nor to its verified numbers",
        21211: "the number to call is not valid",
        21212: "TWILIO_PHONE_NUMBER is not valid",
        21213: "TWILIO_PHONE_NUMBER is missing",
        21214: "the number to call cannot be reached",
        21215: "the account may not call that country",
        21216: "the number to call is on Twilio's blocklist",
        21217: "the number to call is not valid",
        21219: "a trial account calls verified numbers only",
        21220: "the call is over, or not yet answered",
        21234: "a setting of machine detection is not valid",
        21262: "nobody was named to be told who answered",
    ]

    /// What the code means here, in words; Twilio's own sentence for a code we do not know.
    package var meaning: String {
        if let code, let known = Self.meanings[code] { return known }
        if !message.isEmpty { return message }
        return code == nil ? "something before Twilio answered" : "Twilio does not say why"
    }

    /// True when the request named something that cannot be called: asking again changes nothing.
    package var isAboutTheNumber: Bool {
        [21201, 21211, 21214, 21215, 21216, 21217, 21219].contains(code)
    }
}
