import Instruments
import Wire

/// The parameters Twilio sends about one call.
struct PhoneForm: Sendable {
    let accountSID: String
    let callSID: String
    let from: String
    let to: String
    let direction: String
    let extra: [Form.Pair]

    /// Every request about the call begins with these.
    func standard(status: String) -> Form {
        var form = Form()
        form.append("AccountSid", accountSID)
        form.append("ApiVersion", "2010-04-01")
        form.append("CallSid", callSID)
        form.append("CallStatus", status)
        form.append("Called", to)
        form.append("Caller", from)
        form.append("Direction", direction)
        form.append("From", from)
        form.append("FromCity", "SAN FRANCISCO")
        form.append("FromCountry", "US")
        form.append("FromState", "CA")
        // Empty parameters are sent, and signed, as they are.
        form.append("FromZip", "")
        form.append("To", to)
        for pair in extra { form.append(pair.name, pair.value) }
        return form
    }

    /// The end of a call, or its progress when `sequence` is given.
    func status(
        _ status: String, seconds: Int64?, sequence: Int?, at wallClock: Duration
    ) -> Form {
        var form = standard(status: status)
        if let seconds {
            form.append("CallDuration", String(seconds))
            // Billed minutes, rounded up.
            form.append("Duration", String((seconds + 59) / 60))
            form.append("SipResponseCode", Self.sipCodes[status] ?? "200")
        }
        if let sequence {
            form.append("Timestamp", Self.mailDate(wallClock))
            form.append("CallbackSource", "call-progress-events")
            form.append("SequenceNumber", String(sequence))
        }
        return form
    }

    /// Why a call came about, or not (Call resource, "SipResponseCode").
    private static let sipCodes = [
        "busy": "486", "no-answer": "487", "canceled": "487", "failed": "404",
    ]

    /// What happened to a stream.
    func stream(
        _ event: String, streamSID: String, name: String, error: String?, at wallClock: Duration
    ) -> Form {
        var form = Form()
        form.append("AccountSid", accountSID)
        form.append("CallSid", callSID)
        form.append("StreamSid", streamSID)
        form.append("StreamName", name)
        form.append("StreamEvent", event)
        if let error { form.append("StreamError", error) }
        form.append("Timestamp", Self.nanosecondDate(wallClock))
        return form
    }

    /// RFC 2822, as call callbacks have it.
    static func mailDate(_ wallClock: Duration) -> String {
        String(HTTPDate.text(wallClock).dropLast(3)) + "+0000"
    }

    /// ISO 8601 with nanoseconds, as stream callbacks have it.
    static func nanosecondDate(_ wallClock: Duration) -> String {
        String("\(UTCTime(wallClock))".dropLast()) + "000000Z"
    }
}

extension Form {
    /// The same for the fallback address: what failed, and where.
    func failed(_ entry: DebuggerEntry, at address: WebAddress) -> Form {
        var form = self
        form.append("ErrorCode", String(entry.code))
        form.append("ErrorUrl", address.text)
        return form
    }
}
