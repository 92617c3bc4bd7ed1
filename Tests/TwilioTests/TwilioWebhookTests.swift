import TestDice
import Testing
import Wire

@testable import Twilio

struct TwilioWebhookTests {
    private static let sid = "CA00000000000000000000000000000001"
    private static let account = "AC00000000000000000000000000000001"
    private static let ringing: Form = [
        "AccountSid": account, "ApiVersion": "2010-04-01", "CallSid": sid,
        "CallStatus": "ringing", "Called": "+15550100006", "Caller": "+15550100001",
        "CallToken": "{\"parentCallInfoToken\":\"x\"}", "Direction": "inbound",
        "From": "+15550100001", "FromZip": "", "To": "+15550100006", "ForwardedFrom": "",
        "StirVerstat": "TN-Validation-Passed-A", "SomethingNew": "1",
    ]

    @Test func `a ringing call tells who calls whom`() throws {
        let webhook = try VoiceWebhook(Self.ringing)
        #expect(webhook.call.text == Self.sid)
        #expect(webhook.account.text == Self.account)
        #expect(webhook.from.e164 == "+15550100001")
        #expect(webhook.to.e164 == "+15550100006")
        #expect(webhook.status == .ringing)
        #expect(!webhook.isOutbound)
        #expect(webhook.forwardedFrom == nil)
        #expect(webhook.stirVerstat == "TN-Validation-Passed-A")
        #expect(webhook.callToken?.revealed == "{\"parentCallInfoToken\":\"x\"}")
        #expect(!"\(webhook)".contains("5550100001"))
        #expect(!"\(webhook)".contains("parentCallInfoToken"))
    }

    @Test func `an answered call of ours tells who answered`() throws {
        var form: Form = ["Direction": "outbound-api", "AnsweredBy": "machine_end_beep"]
        for pair in Self.ringing.pairs where pair.name != "Direction" {
            form.append(pair.name, pair.value)
        }
        let webhook = try VoiceWebhook(form)
        #expect(webhook.isOutbound)
        #expect(webhook.answeredBy == .machine(isListening: true))
        #expect(AnsweredBy("machine_start") == .machine(isListening: false))
        #expect(AnsweredBy("human") == .human)
        #expect(AnsweredBy("fax") == .fax)
        #expect(AnsweredBy("whatever") == .unknown)
    }

    @Test func `what is missing or misshapen is named`() {
        func without(_ name: String, _ value: String? = nil) -> Form {
            var form = Form()
            for pair in Self.ringing.pairs where pair.name != name {
                form.append(pair.name, pair.value)
            }
            if let value { form.append(name, value) }
            return form
        }
        for name in ["CallSid", "AccountSid", "To"] {
            #expect(throws: WebhookFault.missing(name)) { try VoiceWebhook(without(name)) }
            #expect(throws: WebhookFault.missing(name)) { try VoiceWebhook(without(name, "")) }
        }
        #expect(throws: WebhookFault.malformed("CallSid")) {
            try VoiceWebhook(without("CallSid", "CA1"))
        }
        #expect(throws: WebhookFault.malformed("ParentCallSid")) {
            try VoiceWebhook(without("ParentCallSid", "CA1"))
        }
        #expect(throws: WebhookFault.missing("CallStatus")) {
            try StatusWebhook(without("CallStatus"))
        }
        #expect(throws: WebhookFault.missing("StreamSid")) {
            try StreamStatusWebhook(Self.ringing)
        }
        #expect(throws: WebhookFault.missing("DialCallStatus")) {
            try DialStatusWebhook(Self.ringing)
        }
    }

    @Test func `a caller who hides the number is a caller`() throws {
        for from in [nil, "", "anonymous", "+266696687"] as [String?] {
            var form: Form = [
                "CallSid": Self.sid, "AccountSid": Self.account, "To": "+15550100006",
            ]
            if let from { form.append("From", from) }
            #expect(try VoiceWebhook(form).from.kind == .withheld)
        }
    }

    @Test func `a final state is told with its figures`() throws {
        let webhook = try StatusWebhook([
            "CallSid": Self.sid, "CallStatus": "no-answer", "CallDuration": "42", "Duration": "1",
            "SequenceNumber": "3", "SipResponseCode": "487", "ParentCallSid": Self.sid,
        ])
        #expect(webhook.status == .noAnswer)
        #expect(webhook.isFinal)
        #expect(webhook.duration == .seconds(42))
        #expect(webhook.sequenceNumber == 3)
        #expect(webhook.sipCode == 487)
        #expect(webhook.parentCall?.text == Self.sid)
        let bare = try StatusWebhook(["CallSid": Self.sid, "CallStatus": "in-progress"])
        #expect(!bare.isFinal)
        #expect(bare.sequenceNumber == nil)
    }

    @Test func `every state comes back as Twilio writes it`() {
        let final = ["completed", "busy", "no-answer", "failed", "canceled"]
        let living = ["queued", "initiated", "ringing", "in-progress", "", "new-word"]
        for word in final + living {
            #expect(TwilioCallStatus(word).word == word)
            #expect(TwilioCallStatus(word).isFinal == final.contains(word), "\(word)")
        }
    }

    @Test func `a stream's fate is told in words`() throws {
        let form: Form = [
            "CallSid": Self.sid, "StreamSid": Line.sid, "StreamEvent": "stream-error",
            "StreamError": "nobody answered",
        ]
        let webhook = try StreamStatusWebhook(form)
        #expect(webhook.event == .failed)
        #expect(webhook.error == "nobody answered")
        for (word, event) in [
            ("stream-started", StreamStatusWebhook.Event.started), ("stream-stopped", .stopped),
            ("stream-paused", .other("stream-paused")),
        ] {
            let form: Form = [
                "CallSid": Self.sid, "StreamSid": Line.sid, "StreamEvent": word, "StreamError": "",
            ]
            let webhook = try StreamStatusWebhook(form)
            #expect(webhook.event == event)
            #expect(word.hasSuffix(webhook.event.name) || webhook.event.name == "other")
            #expect(webhook.error == nil)
        }
    }

    @Test func `after the stream the caller is there or not`() throws {
        #expect(
            try AfterStreamWebhook(["CallSid": Self.sid, "CallStatus": "in-progress"])
                .isCallerThere)
        #expect(
            try !AfterStreamWebhook(["CallSid": Self.sid, "CallStatus": "completed"])
                .isCallerThere)
        #expect(try AfterStreamWebhook(["CallSid": Self.sid]).isCallerThere)
    }

    @Test(
        arguments: [
            ("completed", "true", DialStatusWebhook.Outcome.completed, true),
            ("completed", nil, .completed, true), ("completed", "false", .completed, false),
            ("answered", nil, .answered, true), ("busy", nil, .busy, false),
            ("no-answer", nil, .noAnswer, false), ("failed", nil, .failed, false),
            ("canceled", nil, .canceled, false), ("odd", nil, .other("odd"), false),
        ] as [(String, String?, DialStatusWebhook.Outcome, Bool)])
    func `a transfer succeeded when two people spoke`(
        _ word: String, _ bridged: String?, _ outcome: DialStatusWebhook.Outcome, _ spoke: Bool
    ) throws {
        var form: Form = ["CallSid": Self.sid, "DialCallStatus": word, "DialCallDuration": "7"]
        if let bridged { form.append("DialBridged", bridged) }
        let webhook = try DialStatusWebhook(form)
        #expect(webhook.outcome == outcome)
        #expect(webhook.succeeded == spoke)
        #expect(webhook.duration == .seconds(7))
        #expect(webhook.dialledCall == nil)
    }

    @Test func `keys and speech are gathered`() throws {
        let keys = try GatherWebhook(["CallSid": Self.sid, "Digits": "12*"])
        #expect(keys.digits == "12*")
        #expect(keys.speech == nil)
        #expect(
            try GatherWebhook(["CallSid": Self.sid, "SpeechResult": "Grüße"]).speech == "Grüße")
    }

    @Test func `no damage to a form does more than name a fault`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = Dice(seed: seed)
        var read = 0
        for _ in 0..<2_000 {
            guard let form = try? Form(parsing: dice.damaged(Self.ringing.bytes)) else { continue }
            for attempt in [
                { _ = try VoiceWebhook(form) }, { _ = try StatusWebhook(form) },
                { _ = try AfterStreamWebhook(form) }, { _ = try StreamStatusWebhook(form) },
            ] {
                do {
                    try attempt()
                    read += 1
                } catch {
                    #expect(error is WebhookFault, "seed \(seed)")
                }
            }
        }
        #expect(read > 0, "seed \(seed)")
    }
}
