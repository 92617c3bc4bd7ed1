package import Twilio

/// A language the house's own announcements are spoken in.
package enum Language: String, Sendable, CaseIterable {
    case german = "de"
    case english = "en"

    /// German for numbers of Germany, Austria and Switzerland, English for all others.
    package init(spokenAt number: PhoneNumber) {
        self = ["49", "43", "41"].contains(number.countryCode) ? .german : .english
    }
}
