import Wire

/// Resources as Twilio's REST side shows them.
enum PhoneCard {
    static func account(_ sid: String) -> JSON {
        [
            "sid": .string(sid), "friendly_name": "Simulated account", "status": "active",
            "type": "Full", "owner_account_sid": .string(sid),
        ]
    }

    static func call(
        _ result: PhoneResult, _ order: PhoneOrder
    ) -> JSON {
        let party = result.party
        let path = "/2010-04-01/Accounts/\(order.accountSID)/Calls/\(result.callSID)"
        let isOver = !["queued", "ringing", "in-progress"].contains(result.status)
        return [
            "sid": .string(result.callSID), "account_sid": .string(order.accountSID),
            "parent_call_sid": nil, "to": .string(party.to), "to_formatted": .string(party.to),
            "from": .string(party.from), "from_formatted": .string(party.from),
            "phone_number_sid": .string(PhoneNumberCard.sid),
            "status": .string(result.status),
            "direction": .string(party.direction), "api_version": "2010-04-01", "start_time": nil,
            "end_time": nil,
            "duration": isOver ? .string("\(result.length.components.seconds)") : .null,
            "price": nil, "price_unit": "USD",
            "answered_by": result.answeredBy.map { .string($0) } ?? .null, "forwarded_from": nil,
            "caller_name": nil, "group_sid": nil,
            "queue_time": .string("\(result.queueTime.milliseconds)"), "trunk_sid": nil,
            "date_created": nil, "date_updated": nil, "uri": .string(path + ".json"),
            "subresource_uris": [
                "recordings": .string(path + "/Recordings.json"),
                "streams": .string(path + "/Streams.json"),
            ],
        ]
    }
}

/// The account's one number and what happens when it is called.
struct PhoneNumberCard {
    static let sid = "PN00000000000000000000000000000001"

    /// Settings that REST may change, by the names it changes them under.
    private static let settings = [
        ("VoiceUrl", "voice_url"), ("VoiceMethod", "voice_method"),
        ("VoiceFallbackUrl", "voice_fallback_url"),
        ("VoiceFallbackMethod", "voice_fallback_method"),
        ("StatusCallback", "status_callback"), ("StatusCallbackMethod", "status_callback_method"),
        ("FriendlyName", "friendly_name"),
    ]

    private let number: String
    private let accountSID: String
    private var values: [String: String]

    init(_ order: PhoneOrder) {
        number = order.to
        accountSID = order.accountSID
        values = [
            "voice_url": order.voiceURL.text, "voice_method": order.method,
            "voice_fallback_url": "", "voice_fallback_method": "POST",
            "status_callback": order.statusCallback?.text ?? "",
            "status_callback_method": "POST", "friendly_name": order.to,
        ]
    }

    private var json: JSON {
        let head: [JSON.Member] = [
            .init("sid", .string(Self.sid)), .init("account_sid", .string(accountSID)),
            .init("phone_number", .string(number)),
            .init("capabilities", ["voice": true, "sms": true, "mms": false, "fax": false]),
        ]
        return .object(head + Self.settings.map { .init($0.1, .string(values[$0.1] ?? "")) })
    }

    /// Every number, or the one asked for.
    func list(_ wanted: String?) -> JSON {
        let found = wanted.map { $0 == number } ?? true
        return [
            "incoming_phone_numbers": .array(found ? [json] : []), "page": 0, "page_size": 50,
            "next_page_uri": nil,
        ]
    }

    /// Sets what the form names; nil when there is no such number.
    mutating func change(_ sid: String, _ form: Form) -> JSON? {
        guard sid == Self.sid else { return nil }
        for (name, key) in Self.settings {
            if let value = form[name] { values[key] = value }
        }
        return json
    }
}
