// Whatever is posted must not crash; a form is believed when it was signed, in any order of its
// pairs, and a form that differs by one pair is not.
import Twilio
import Wire

private let token = SecretText("test-token")
private let keys = TwilioSignature.Keys(tokens: [token])
private let base = try? WebAddress("https://bridge.example.net")

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let body = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let base, let form = try? Form(parsing: body) else { return 0 }
    _ = try? VoiceWebhook(form)
    _ = try? StatusWebhook(form)
    _ = try? StreamStatusWebhook(form)
    _ = try? AfterStreamWebhook(form)
    _ = try? DialStatusWebhook(form)
    _ = try? GatherWebhook(form)
    for pair in form.pairs {
        let number = PhoneNumber(pair.value)
        precondition(number.raw == pair.value)
        // A mask holds no more digits than a country code and the last two.
        precondition(number.masked.utf8.filter { (0x30...0x39).contains($0) }.count <= 5)
        let document = TwiML(.say(TwiML.Say(pair.value, voice: pair.name)))
        guard let text = try? document.text() else { continue }
        precondition(text.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        precondition(text.utf8.filter { $0 == UInt8(ascii: "<") }.count == 5)
    }

    var turned = Form()
    for pair in form.pairs.reversed() { turned.append(pair.name, pair.value) }
    let signature = TwilioSignature.make(
        url: "https://bridge.example.net/x", form: form, key: token)
    var request = HTTPRequest(
        method: "POST", target: "/x",
        fields: [
            TwilioSignature.headerName: signature,
            "Content-Type": "application/x-www-form-urlencoded",
        ], body: turned.bytes)
    precondition((try? TwilioSignature.check(request, base: base, keys: keys)) != nil)
    turned.append("x-added", "1")
    request.body = turned.bytes
    guard !form.pairs.contains(.init("x-added", "1")) else { return 0 }
    precondition((try? TwilioSignature.check(request, base: base, keys: keys)) == nil)
    return 0
}
