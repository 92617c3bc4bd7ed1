package import Wire

/// A call as the REST interface tells of it (Calls resource); most fields come too late to use.
package struct TwilioAnswer: Sendable, Equatable {
    /// The call that was created, changed or asked for.
    package var call: CallSID
    /// Its state, which may lag behind what webhooks told.
    package var status: TwilioCallStatus
    /// What machine detection found; nil without it.
    package var answeredBy: AnsweredBy?

    /// Reads the answer to a request that creates, changes or fetches a call.
    package init(_ response: HTTPResponse) throws(TwilioRefusal) {
        let json = try? JSON(parsing: response.body)
        guard (200..<300).contains(response.status) else { throw TwilioRefusal(response, json) }
        guard let call = json?["sid"]?.text.flatMap({ CallSID($0) }) else {
            throw TwilioRefusal(unreadable: response)
        }
        self.call = call
        status = TwilioCallStatus(json?["status"]?.text ?? "")
        answeredBy = json?["answered_by"]?.text.map { AnsweredBy($0) }
    }
}

/// Why the REST interface did not do what was asked (error dictionary, REST errors).
package struct TwilioRefusal: Error, Sendable, Equatable {
    /// The answer's HTTP status.
    package var status: Int
    /// Twilio's own code; nil when a gateway answered instead, perhaps in HTML.
    package var code: Int64?
    /// Twilio's sentence for people, cut to `messageCharactersMax`.
    package var message: String
    /// How long Twilio asks to be left alone.
    package var retryAfter: Duration?

    /// A log line is no place for a page of HTML.
    package static let messageCharactersMax = 300
    /// Whoever asks for a longer wait will not be asked again in this call.
    private static let retrySecondsMax: Int64 = 3_600

    /// True when the call that was to be changed is not in progress any more, or gone from
    /// memory: to whoever wanted to hang up, that is success. A fetch or a change only.
    package var isAlreadyOver: Bool {
        code == 21220 || code == 20404 || (status == 404 && code == nil)
    }

    /// True when nothing was done and the same request may be sent again.
    package var isRetriable: Bool { status == 429 }

    /// True when nobody knows whether it was done: repeat a change, never a new call.
    package var isUncertain: Bool { status >= 500 || (200..<300).contains(status) }

    init(_ response: HTTPResponse, _ json: JSON?) {
        status = response.status
        code = json?["code"]?.whole
        message = String((json?["message"]?.text ?? "").prefix(Self.messageCharactersMax))
        retryAfter = response.fields["Retry-After"].flatMap { Int64($0) }
            .map { .seconds(min(max($0, 0), Self.retrySecondsMax)) }
    }

    init(unreadable response: HTTPResponse) {
        status = response.status
        message = "the answer names no call"
    }
}
