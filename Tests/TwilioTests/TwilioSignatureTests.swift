import FoundationEssentials
import TestDice
import Testing
import Wire

@testable import Twilio

struct TwilioSignatureTests {
    private static let token = SecretText("f00dfeedc0ffee1234567890abcdef00")
    private static let keys = TwilioSignature.Keys(tokens: [token])
    private static let voiceBody = """
        AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01\
        &CallSid=CA00000000000000000000000000000001&CallStatus=ringing&Called=%2B15005550006\
        &Caller=%2B15005550001&Direction=inbound&From=%2B15005550001&FromCity=SAN+FRANCISCO\
        &FromCountry=US&FromState=CA&FromZip=&To=%2B15005550006\
        &StirVerstat=TN-Validation-Passed-A
        """
    private static let voiceSignature = "E68k4TfDXXGeReTeMO5osBL4wyw="

    private static func base(_ text: String = "https://bridge.example.net") throws -> WebAddress {
        try WebAddress(text)
    }

    private static func post(
        _ target: String, _ body: String, _ signature: String?,
        type: String = "application/x-www-form-urlencoded; charset=UTF-8"
    ) -> HTTPRequest {
        var fields: HTTPFields = ["Content-Type": type]
        fields["x-twilio-signature"] = signature
        return HTTPRequest(method: "POST", target: target, fields: fields, body: Array(body.utf8))
    }

    private static func upgrade(_ target: String, _ signature: String) -> HTTPRequest {
        HTTPRequest(method: "GET", target: target, fields: ["x-twilio-signature": signature])
    }

    @Test(arguments: [
        ("https://bridge.example.net/twilio/voice", voiceSignature),
        ("https://bridge.example.net:443/twilio/voice", "6Qeh2MAXGF5OOgkfl9DG9w33lVE="),
        ("http://bridge.example.net/twilio/voice", "MCRhuHDKma5Y9JfU1aGGIc/EFtA="),
    ])
    func `a form is signed as the vendor's SDK signs it`(
        _ url: String, _ signature: String
    ) throws {
        let form = try Form(parsing: Array(Self.voiceBody.utf8))
        #expect(TwilioSignature.make(url: url, form: form, key: Self.token) == signature)
        #expect(
            TwilioSignature.make(url: url + "#rc=2", form: form, key: Self.token) == signature)
    }

    @Test func `the other vectors are signed as the vendor's SDK signs them`() throws {
        let sid = "CA00000000000000000000000000000001"
        let status: Form = [
            "CallSid": sid, "CallStatus": "completed", "CallDuration": "42", "Duration": "1",
            "SequenceNumber": "3", "CallbackSource": "call-progress-events",
            "Timestamp": "Thu, 20 Nov 2025 14:24:00 +0000",
        ]
        let text =
            "CallerName=Zo%C3%AB+M%C3%BCller&Digits=&From=%2B4915112345678"
            + "&SpeechResult=Gr%C3%BC%C3%9Fe+%26+50%25+%22ok%22+%3D1"
        let stream: Form = [
            "AccountSid": "AC00000000000000000000000000000001", "CallSid": sid,
            "StreamSid": Line.sid, "StreamName": Line.sid, "StreamEvent": "stream-error",
            "StreamError": "Stream - WebSocket - Handshake Error",
            "Timestamp": "2025-11-20T14:24:00.123456789Z",
        ]
        let host = "https://bridge.example.net"
        let vectors: [(String, Form, String)] = [
            (
                "\(host)/twilio/status?tenant=7&x=a%20b", status, "XdOWw2bIOwEnN0NGspF/qGSkjSw="
            ),
            (
                "\(host)/twilio/voice?CallSid=\(sid)&From=%2B15005550001", [:],
                "EtJfR/hToodNlh+yv2M2F+TPCis="
            ),
            (
                "\(host)/twilio/voice", try Form(parsing: Array(text.utf8)),
                "t/bMPfFmyMO1dqkIW8L2o0NiBAE="
            ),
            (
                "\(host)/cb",
                try Form(
                    parsing: Array("MediaUrl=b&MediaUrl=a&MediaUrl=a&To=x&a=1&Z=2".utf8)),
                "Yjs1/3bENQLjwKuQrt7DHK/j3fo="
            ),
            ("\(host)/twilio/stream-status", stream, "hJvhY/F9lOLUITZRac+AAn+hXm4="),
        ]
        for (url, form, signature) in vectors {
            #expect(TwilioSignature.make(url: url, form: form, key: Self.token) == signature)
        }
        let published: Form = [
            "CallSid": "CA1234567890ABCDE", "Caller": "+14158675310", "Digits": "1234",
            "From": "+14158675310", "To": "+18005551212",
        ]
        #expect(
            TwilioSignature.make(
                url: "https://example.com/myapp.php?foo=1&bar=2", form: published,
                key: SecretText("12345")) == "L/OH5YylLD5NRKLltdqwSvS0BnU=")
    }

    @Test(arguments: [
        "E68k4TfDXXGeReTeMO5osBL4wyw=", "6Qeh2MAXGF5OOgkfl9DG9w33lVE=",
    ])
    func `a webhook is believed with and without the port`(_ signature: String) throws {
        let request = Self.post("/twilio/voice", Self.voiceBody, signature)
        let form = try TwilioSignature.check(request, base: Self.base(), keys: Self.keys)
        #expect(form["FromCity"] == "SAN FRANCISCO")
        #expect(form.pairs.count == 14)
    }

    @Test func `a webhook over another scheme, path, token or body is not believed`() throws {
        let base = try Self.base()
        for request in [
            Self.post("/twilio/voice", Self.voiceBody, "MCRhuHDKma5Y9JfU1aGGIc/EFtA="),
            Self.post("/twilio/voice/", Self.voiceBody, Self.voiceSignature),
            Self.post("/twilio/voice", Self.voiceBody + "&x=", Self.voiceSignature),
            Self.post("/twilio/voice", "", Self.voiceSignature),
            Self.post("/twilio/voice", Self.voiceBody, Self.voiceSignature.lowercased()),
        ] {
            #expect(throws: TwilioSignatureFault.mismatch) {
                try TwilioSignature.check(request, base: base, keys: Self.keys)
            }
        }
        let good = Self.post("/twilio/voice", Self.voiceBody, Self.voiceSignature)
        let other = TwilioSignature.Keys(tokens: [SecretText("other")])
        #expect(throws: TwilioSignatureFault.mismatch) {
            try TwilioSignature.check(good, base: base, keys: other)
        }
        for signature in [nil, ""] {
            #expect(throws: TwilioSignatureFault.missing) {
                try TwilioSignature.check(
                    Self.post("/twilio/voice", Self.voiceBody, signature), base: base,
                    keys: Self.keys)
            }
        }
        let none = TwilioSignature.Keys(tokens: [SecretText("")])
        #expect(throws: TwilioSignatureFault.noToken) {
            try TwilioSignature.check(good, base: base, keys: none)
        }
        #expect(throws: TwilioSignatureFault.form(.percent)) {
            try TwilioSignature.check(
                Self.post("/twilio/voice", "a=%2", "x"), base: base, keys: Self.keys)
        }
    }

    @Test func `either token of a rotation will do`() throws {
        let keys = TwilioSignature.Keys(tokens: [SecretText("new"), Self.token])
        let request = Self.post("/twilio/voice", Self.voiceBody, Self.voiceSignature)
        try TwilioSignature.check(request, base: Self.base(), keys: keys)
    }

    @Test(arguments: [
        ("https://bridge.example.net", "/twilio/media", "cQHwyTQLMetdqdRNZCAvHtHLI88="),
        ("https://bridge.example.net", "/twilio/media", "L1zhkBrosZ+9RtAN/Q3wXVH19zk="),
        ("https://bridge.example.net", "/twilio/media", "nKaBZLjW5y0w9t+CiIVEJHYdmTw="),
        ("https://bridge.example.net:8443", "/twilio/media", "LLirfNvAzX040TjRFeks1IZVtWM="),
        ("https://bridge.example.net:8443", "/twilio/media", "cQHwyTQLMetdqdRNZCAvHtHLI88="),
        ("https://bridge.example.net", "/", "aWVzRvXSU61Zg07KXN5qye5/ADg="),
        ("https://bridge.example.net", "/", "zUg4p61zX8K2ZZSp4jL1OiGprF8="),
        ("https://bridge.example.net/twilio", "/media", "cQHwyTQLMetdqdRNZCAvHtHLI88="),
        ("https://bridge.example.net/twilio/", "/media/", "cQHwyTQLMetdqdRNZCAvHtHLI88="),
        ("wss://bridge.example.net", "/twilio/media", "cQHwyTQLMetdqdRNZCAvHtHLI88="),
    ])
    func `an upgrade is believed by every spelling of its socket`(
        _ base: String, _ target: String, _ signature: String
    ) throws {
        try TwilioSignature.check(
            Self.upgrade(target, signature), isUpgrade: true, base: Self.base(base),
            keys: Self.keys)
    }

    @Test(arguments: [
        // The right path under the scheme of a page.
        "Ef19UZz2t/k2A59ePY9Ghb/va7o=",
        // A port that is not configured.
        "LLirfNvAzX040TjRFeks1IZVtWM=",
        // Another path.
        "zUg4p61zX8K2ZZSp4jL1OiGprF8=",
    ])
    func `an upgrade signed for another address is not believed`(_ signature: String) throws {
        let base = try Self.base()
        #expect(throws: TwilioSignatureFault.mismatch) {
            try TwilioSignature.check(
                Self.upgrade("/twilio/media", signature), isUpgrade: true, base: base,
                keys: Self.keys)
        }
        #expect(throws: TwilioSignatureFault.mismatch) {
            try TwilioSignature.check(
                Self.upgrade("/twilio/media", "cQHwyTQLMetdqdRNZCAvHtHLI88="), base: base,
                keys: Self.keys)
        }
    }

    @Test func `a body that is no form is vouched for by its hash`() throws {
        let base = try Self.base()
        let body = #"{"CallSid":"CA00000000000000000000000000000001","event":"x"}"#
        let hash = "8a39d0eb3d7aabc83fe3449d77deb4f1773a68b59711b315d1248bd936d707c6"
        let signature = "7taY+dyjLioyTG7agB4tvWpgZPQ="
        let target = "/json?bodySHA256=\(hash)"
        let good = Self.post(target, body, signature, type: "application/json")
        #expect(try TwilioSignature.check(good, base: base, keys: Self.keys) == Form())
        for (target, body, type) in [
            (target, body + " ", "application/json"), ("/json", body, "application/json"),
            (target, body + " ", ""),
        ] {
            #expect(throws: TwilioSignatureFault.bodyUnsigned) {
                try TwilioSignature.check(
                    Self.post(target, body, signature, type: type), base: base, keys: Self.keys)
            }
        }
    }

    @Test func `a shared key signs with the algorithm it names`() throws {
        let base = try Self.base()
        let keys = TwilioSignature.Keys(
            tokens: [SecretText("unused")], shared: ["k1": Self.token])
        let strong = "olCnEqeIjKMyODz10lpc9TV88g2BzviAZRt5OOxtsCg="
        let header = TwilioSignature.settingsHeaderName
        var request = Self.post("/twilio/voice", Self.voiceBody, strong)
        request.fields[header] = "key=k1,algorithm=HMAC_SHA256"
        try TwilioSignature.check(request, base: base, keys: keys)
        request.fields[header] = "algorithm=HMAC_SHA1, key=k1"
        #expect(throws: TwilioSignatureFault.mismatch) {
            try TwilioSignature.check(request, base: base, keys: keys)
        }
        request.fields["X-Twilio-Signature"] = Self.voiceSignature
        try TwilioSignature.check(request, base: base, keys: keys)
        request.fields[header] = "key=k1"
        try TwilioSignature.check(request, base: base, keys: keys)
        request.fields[header] = ""
        try TwilioSignature.check(request, base: base, keys: Self.keys)
        for settings in [
            "key=k2,algorithm=HMAC_SHA1", "algorithm=HMAC_SHA1", "k1", "key=k1,algorithm=HMAC_MD5",
        ] {
            request.fields[header] = settings
            #expect(throws: TwilioSignatureFault.unknownKey) {
                try TwilioSignature.check(request, base: base, keys: keys)
            }
        }
    }

    @Test func `what the vendor's SDK signed is what we sign`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Vendors/signatures.json")
        let cases = try JSON(parsing: Array(Data(contentsOf: file)))["twilio"]?.elements ?? []
        #expect(cases.count == 60)
        for json in cases {
            var form = Form()
            for pair in json["pairs"]?.elements ?? [] {
                form.append(
                    try #require(pair.elements?.first?.text),
                    try #require(pair.elements?.last?.text))
            }
            let signature = TwilioSignature.make(
                url: try #require(json["url"]?.text), form: form,
                key: SecretText(try #require(json["token"]?.text)),
                algorithm: json["algorithm"] == "HMAC_SHA256" ? .sha256 : .sha1)
            #expect(signature == json["signature"]?.text)
            // The same form as it travels.
            #expect(try Form(parsing: form.bytes) == form)
        }
    }

    @Test func `values that only look alike are signed apart`() {
        let composed: Form = ["a": "\u{E9}"]
        let both: Form = ["a": "\u{E9}", "a": "e\u{301}"]
        let one = TwilioSignature.make(url: "https://h.example/", form: composed, key: Self.token)
        let two = TwilioSignature.make(url: "https://h.example/", form: both, key: Self.token)
        #expect(one != two)
    }

    @Test func `whatever is signed is believed, in any order of its pairs`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = Dice(seed: seed)
        let letters = ["a", "B", "Ä", "ß", " ", "+", "&", "=", "%", "\u{1F600}", "0", "~", "_"]
        for _ in 0..<200 {
            var form = Form()
            for _ in 0..<Int.random(in: 0...12, using: &dice) {
                let word = (0..<Int.random(in: 0...4, using: &dice))
                    .compactMap { _ in letters.randomElement(using: &dice) }.joined()
                form.append(letters.randomElement(using: &dice) ?? "", word)
            }
            let signature = TwilioSignature.make(
                url: "https://bridge.example.net/x?y=%20", form: form, key: Self.token)
            var shuffled = Form()
            for pair in form.pairs.shuffled(using: &dice) {
                shuffled.append(pair.name, pair.value)
            }
            let request = Self.post("/x?y=%20", shuffled.text, signature)
            #expect(throws: Never.self, "seed \(seed)") {
                try TwilioSignature.check(request, base: Self.base(), keys: Self.keys)
            }
        }
    }
}
