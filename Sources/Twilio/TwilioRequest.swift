package import Wire

/// Who we are to Twilio's REST interface.
package struct TwilioCredentials: Sendable, Equatable {
    /// The account whose calls are meant.
    package var account: AccountSID
    /// The account itself, or an API key (`SK…`).
    package var user: String
    /// The auth token, or the API key's secret.
    package var secret: SecretText

    /// Without `user` the account signs in with its own token.
    package init(account: AccountSID, user: String? = nil, secret: SecretText) {
        self.account = account
        self.user = user ?? account.text
        self.secret = secret
    }
}

/// A call to be placed.
package struct OutboundCall: Sendable, Equatable {
    /// What the callee gets when they answer.
    package enum Answer: Sendable, Equatable {
        /// Asked for a document when the call is answered.
        case url(String)
        /// This document, of at most 4000 characters; addresses in it are absolute.
        case document(TwiML)
    }

    /// Who is to be rung.
    package var to: PhoneNumber
    /// A number that the account owns or has verified.
    package var from: PhoneNumber
    /// What they get.
    package var answer: Answer
    /// Told how the call fares.
    package var statusCallback: String?
    /// Which of `initiated`, `ringing`, `answered`, `completed` are told.
    package var statusEvents: [String] = ["initiated", "ringing", "answered", "completed"]
    /// Ringing time; Twilio's default is 60 and its maximum 600.
    package var timeoutSeconds: Int?
    /// The longest the call may last.
    package var limitSeconds: Int?
    /// Whether Twilio listens for a mailbox, and who waits for what it finds.
    package var machineDetection: MachineDetection?
    /// From an inbound call's webhook, when its caller's number is to be shown.
    package var callToken: SecretText?

    package init(to: PhoneNumber, from: PhoneNumber, answer: Answer) {
        self.to = to
        self.from = from
        self.answer = answer
    }
}

/// How Twilio finds out who answered (answering machine detection).
package enum MachineDetection: Sendable, Equatable {
    /// The answer's document is asked for when that is known, with a machine only when its greeting
    /// is over; until then nobody speaks.
    case afterGreeting
    /// The answer's document runs at once, and this address is told what was found.
    case meanwhile(callback: String)

    fileprivate func write(to form: inout Form) {
        let waitsForGreeting = self == .afterGreeting
        form.append("MachineDetection", waitsForGreeting ? "DetectMessageEnd" : "Enable")
        guard case .meanwhile(let callback) = self else { return }
        form.append("AsyncAmd", "true")
        form.append("AsyncAmdStatusCallback", callback)
    }
}

/// A change to a living call.
package enum CallUpdate: Sendable, Equatable {
    /// Ends whatever runs, a media stream too, and runs this document.
    case document(TwiML)
    /// Ends whatever runs and asks this address for the next document.
    case redirect(url: String)
    /// Hangs up, whether the call is queued, ringing or answered.
    case hangUp
    /// Hangs up only while nobody has answered.
    case cancel
    /// Hangs up when the call has lasted so long, whatever runs then.
    case limit(seconds: Int)
}

/// Requests to Twilio's REST interface, to be sent to its own host (Calls resource).
package struct TwilioRequest: Sendable {
    private let credentials: TwilioCredentials

    package init(_ credentials: TwilioCredentials) { self.credentials = credentials }

    /// Places a call. An answer that was lost leaves open whether the telephone rings.
    package func create(_ call: OutboundCall) throws(TwiMLFault) -> HTTPRequest {
        var form: Form = ["To": call.to.raw, "From": call.from.raw]
        switch call.answer {
        case .url(let url): form.append("Url", url)
        case .document(let document): form.append("Twiml", try document.inlineText())
        }
        if let url = call.statusCallback {
            form.append("StatusCallback", url)
            for event in call.statusEvents { form.append("StatusCallbackEvent", event) }
        }
        if let seconds = call.timeoutSeconds { form.append("Timeout", "\(seconds)") }
        if let seconds = call.limitSeconds { form.append("TimeLimit", "\(seconds)") }
        call.machineDetection?.write(to: &form)
        if let token = call.callToken { form.append("CallToken", token.revealed) }
        return post("Calls.json", form)
    }

    /// Changes a living call; safe to repeat.
    package func update(
        _ call: CallSID, _ update: CallUpdate
    ) throws(TwiMLFault) -> HTTPRequest {
        let form: Form =
            switch update {
            case .document(let document): ["Twiml": try document.inlineText()]
            case .redirect(let url): ["Url": url, "Method": "POST"]
            case .hangUp: ["Status": "completed"]
            case .cancel: ["Status": "canceled"]
            case .limit(let seconds): ["TimeLimit": "\(seconds)"]
            }
        return post("Calls/\(call.text).json", form)
    }

    private func post(_ resource: String, _ form: Form) -> HTTPRequest {
        let pair = Array("\(credentials.user):\(credentials.secret.revealed)".utf8)
        return HTTPRequest(
            method: "POST", target: "/2010-04-01/Accounts/\(credentials.account.text)/\(resource)",
            fields: [
                "Authorization": "Basic \(Base64.text(pair))", "Accept": "application/json",
                "Content-Type": "application/x-www-form-urlencoded",
            ], body: form.bytes)
    }
}

extension TwiML {
    /// The text as the REST interface takes it; all of it is ASCII, so bytes are characters.
    fileprivate func inlineText() throws(TwiMLFault) -> String {
        try text(bytesMax: Self.inlineCharactersMax)
    }
}
