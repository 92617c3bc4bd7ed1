import Testing

@testable import Twilio

struct TwilioIDTests {
    @Test func `an identifier is its two letters and 32 hexadecimal digits`() throws {
        let text = "CA0123456789abcdefABCDEF0123456789"
        let call = try #require(CallSID(text))
        #expect(call.text == text)
        #expect("\(call)" == text)
        #expect(StreamSID("MZ00000000000000000000000000000001") != nil)
        #expect(AccountSID("AC00000000000000000000000000000001") != nil)
    }

    @Test(arguments: [
        "", "CA", "MZ0123456789abcdef0123456789abcdef", "ca0123456789abcdef0123456789abcdef",
        "CA0123456789abcdef0123456789abcde", "CA0123456789abcdef0123456789abcdef0",
        "CA0123456789abcdef0123456789abcdeg", "CA0123456789abcdef0123456789\"},{",
        "CA0123456789abcdef0123456789abcd\u{E9}",
    ])
    func `nothing else is a call's identifier`(_ text: String) {
        #expect(CallSID(text) == nil)
    }
}

struct PhoneNumberTests {
    @Test func `a number prints masked wherever it is printed`() {
        struct Caller { var name = PhoneNumber("+15550100123") }
        let number = PhoneNumber("+15550100123")
        #expect("\(number)" == "+1***23")
        #expect(String(reflecting: number) == "+1***23")
        var dumped = ""
        dump(Caller(), to: &dumped)
        for text in ["\(Caller())", "\([number])", dumped] {
            #expect(!text.contains("5550100"), "\(text)")
        }
        #expect(number.e164 == "+15550100123")
        #expect(number.raw == "+15550100123")
    }

    @Test(arguments: [
        ("+15550100123", "+1***23"), ("+49000000078", "+49***78"), ("+70000000067", "+7***67"),
        ("+353000000078", "+353***78"), ("+86000000078", "+86***78"),
        ("+880000000078", "+880***78"),
        ("+123456", "+***"), ("911", "***"), ("client:ada", "client:***"),
        ("sip:ada@192.0.2.7", "sip:***"), ("anonymous", "withheld"), ("", "withheld"),
        ("+266696687", "withheld"), ("+7378742833", "withheld"), ("Ada", "***"),
        ("+0155501001", "***"), ("+1555010000000000", "***"), ("+1555O100123", "***"),
    ])
    func `a mask tells the country and two digits, or the kind alone`(
        _ text: String, _ mask: String
    ) {
        #expect(PhoneNumber(text).masked == mask)
    }

    @Test func `only a number that can be dialled is given as E164`() {
        #expect(PhoneNumber("+15550100123").kind == .e164)
        #expect(PhoneNumber("Anonymous").kind == .withheld)
        #expect(PhoneNumber("+8656696").e164 == nil)
        #expect(PhoneNumber("client:ada").e164 == nil)
        #expect(PhoneNumber("911").kind == .digits)
        #expect(PhoneNumber("15550100123").e164 == nil)
    }
}
