/// A party of a call as Twilio names it: a number in E.164, or what stands in its place.
///
/// It prints masked wherever a value can be printed by accident (interpolation, `dump`, the
/// description of a struct that holds it); the whole of it is had only by asking for `raw`.
package struct PhoneNumber: Hashable, Sendable {
    /// What kind of name this is.
    package enum Kind: Sendable {
        /// `+` and 2 to 15 digits, the first not zero (ITU-T E.164 section 6).
        case e164
        /// Digits as the carrier sent them: a short code, an emergency or an internal number.
        case digits
        /// `client:NAME`, a softphone.
        case client
        /// `sip:user@host`.
        case sip
        /// The caller hides the number, or the network could not tell it.
        case withheld
        /// None of these.
        case other
    }

    /// The text as Twilio wrote it.
    package let raw: String
    /// What kind of name it is.
    package let kind: Kind

    /// Any text is a party; its kind tells what can be done with it.
    package init(_ text: some StringProtocol) {
        raw = String(text)
        kind = Self.kind(of: raw)
    }

    /// The number in E.164, which can be dialled and compared; nil for everything else.
    package var e164: String? { kind == .e164 ? raw : nil }

    /// Country code and last two digits of a number, the kind alone of anything else.
    package var masked: String {
        switch kind {
        case .e164 where raw.utf8.count < Self.tellableBytes: "+***"
        case .e164: "+\(countryCode)***\(raw.suffix(2))"
        case .digits, .other: "***"
        case .client: "client:***"
        case .sip: "sip:***"
        case .withheld: "withheld"
        }
    }

    /// The digits after `+` that name the country or network; empty for anything but E.164.
    package var countryCode: Substring {
        guard kind == .e164 else { return "" }
        return raw.dropFirst().prefix(Self.countryCodeLength(raw.utf8.dropFirst()))
    }
}

extension PhoneNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { masked }
    package var debugDescription: String { masked }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension PhoneNumber {
    /// A shorter number would be told nearly whole by its country code and last two digits.
    private static let tellableBytes = 8

    /// Words in place of a number. Some carriers spell them on the keypad behind a `+`
    /// (+266696687 is "anonymous"): a number that looks real and belongs to nobody.
    private static let withheldWords = [
        "anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld",
    ]
    private static let withheldNumbers = withheldWords.map(spelledOnKeypad)

    private static func kind(of text: String) -> Kind {
        let bytes = text.utf8
        if text.isEmpty || withheldWords.contains(text.lowercased()) { return .withheld }
        if text.hasPrefix("client:") { return .client }
        if text.hasPrefix("sip:") || text.hasPrefix("sips:") { return .sip }
        if bytes.allSatisfy(isDigit) { return .digits }
        guard bytes.first == UInt8(ascii: "+") else { return .other }
        let digits = bytes.dropFirst()
        guard (2...15).contains(digits.count), digits.allSatisfy(isDigit),
            digits.first != UInt8(ascii: "0")
        else { return .other }
        return withheldNumbers.contains(String(text.dropFirst())) ? .withheld : .e164
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The digits under which a word's letters lie (ITU-T E.161).
    private static func spelledOnKeypad(_ word: String) -> String {
        let keyOfLetter = Array("22233344455566677778889999")
        return String(word.utf8.map { keyOfLetter[Int($0) - 0x61] })
    }

    /// One digit for zones 1 and 7, two for the codes listed, three for all others
    /// (ITU-T E.164 list of assigned codes).
    private static func countryCodeLength(_ digits: Substring.UTF8View) -> Int {
        if digits.first == UInt8(ascii: "1") || digits.first == UInt8(ascii: "7") { return 1 }
        return twoDigitCodes.contains { digits.starts(with: $0.utf8) } ? 2 : 3
    }

    private static let twoDigitCodes = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
        "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
        "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ]
}
