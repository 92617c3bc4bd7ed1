extension TwiML {
    /// Name and value of one stream parameter stay below this (TwiML Stream, "Parameter").
    package static let parameterCharactersMax = 499
    /// A webhook's answer above this fails with 11750 (Twilio webhooks, limits).
    package static let documentBytesMax = 64 * 1024
    /// The REST parameter `Twiml` takes no more characters than this (Calls resource).
    package static let inlineCharactersMax = 4_000

    /// The document in XML, pure ASCII so that no charset can spoil it.
    package func text(bytesMax: Int = documentBytesMax) throws(TwiMLFault) -> String {
        try check()
        var xml = XMLWriter()
        xml.element("Response", []) { xml in
            for verb in verbs { xml.write(verb) }
        }
        let text = xml.text
        guard text.utf8.count <= bytesMax else {
            throw .tooLong(bytes: text.utf8.count, limit: bytesMax)
        }
        return text
    }

    private func check() throws(TwiMLFault) {
        for verb in verbs {
            switch verb {
            case .connect(let connect): try check(connect)
            case .dial(let dial): try check(dial)
            case .gather(let gather) where !gather.prompts.allSatisfy(\.isPrompt): throw .nested
            default: break
            }
        }
    }

    private func check(_ connect: Connect) throws(TwiMLFault) {
        guard connect.url.hasPrefix("wss://"), !connect.url.contains("?") else { throw .streamURL }
        for parameter in connect.parameters {
            let text = parameter.name + parameter.value
            guard text.unicodeScalars.count <= Self.parameterCharactersMax else {
                throw .parameterTooLong(name: parameter.name)
            }
        }
    }

    private func check(_ dial: Dial) throws(TwiMLFault) {
        switch dial.party {
        case .numbers(let numbers) where numbers.isEmpty: throw .nobodyToDial
        case .numbers(let numbers) where numbers.contains { $0.number.kind == .withheld }:
            throw .nobodyToDial
        case .conference(let room) where room.name.isEmpty: throw .nobodyToDial
        default: break
        }
    }
}

extension TwiML.Verb {
    /// May be heard inside a gather.
    fileprivate var isPrompt: Bool {
        switch self {
        case .say, .play, .pause: true
        default: false
        }
    }
}

extension XMLWriter {
    mutating func write(_ verb: TwiML.Verb) {
        switch verb {
        case .connect(let connect): write(connect)
        case .say(let say):
            element("Say", [("language", say.language), ("voice", say.voice)], text: say.text)
        case .play(let url, let loop):
            element("Play", [("loop", loop == 1 ? nil : "\(loop)")], text: url)
        case .playDigits(let digits): element("Play", [("digits", digits)])
        case .pause(let seconds): element("Pause", [("length", "\(seconds)")])
        case .dial(let dial): write(dial)
        case .hangup: element("Hangup", [])
        case .redirect(let url): element("Redirect", [("method", "POST")], text: url)
        case .gather(let gather): write(gather)
        }
    }

    private mutating func write(_ connect: TwiML.Connect) {
        let stream = [
            ("url", connect.url), ("statusCallback", connect.statusCallback),
            ("statusCallbackMethod", connect.statusCallback.map { _ in "POST" }),
        ]
        element("Connect", Self.action(connect.action)) { xml in
            xml.element("Stream", stream) { xml in
                for one in connect.parameters {
                    xml.element("Parameter", [("name", one.name), ("value", one.value)])
                }
            }
        }
    }

    private mutating func write(_ gather: TwiML.Gather) {
        let attributes = [
            ("input", gather.input.rawValue), ("timeout", "\(gather.timeoutSeconds)"),
            ("numDigits", gather.digitsMax.map { "\($0)" }), ("finishOnKey", gather.finishOnKey),
            ("language", gather.language),
            ("actionOnEmptyResult", gather.asksWhenEmpty ? "true" : nil),
        ]
        element("Gather", Self.action(gather.action) + attributes) { xml in
            for prompt in gather.prompts { xml.write(prompt) }
        }
    }

    private mutating func write(_ dial: TwiML.Dial) {
        let attributes = [
            ("timeout", dial.timeoutSeconds.map { "\($0)" }),
            ("callerId", dial.callerID.flatMap { $0.kind == .withheld ? nil : $0.raw }),
            ("timeLimit", dial.limitSeconds.map { "\($0)" }),
            ("answerOnBridge", dial.answersOnBridge ? "true" : nil),
        ]
        element("Dial", Self.action(dial.action) + attributes) { xml in
            switch dial.party {
            case .numbers(let numbers): for number in numbers { xml.write(number) }
            case .conference(let conference): xml.write(conference)
            }
        }
    }

    private mutating func write(_ number: TwiML.Number) {
        let events = number.statusEvents.joined(separator: " ")
        let attributes = [
            ("url", number.url), ("sendDigits", number.digits),
            ("statusCallback", number.statusCallback),
            ("statusCallbackEvent", events.isEmpty ? nil : events),
        ]
        element("Number", attributes, text: number.number.raw)
    }

    private mutating func write(_ room: TwiML.Conference) {
        let attributes = [
            ("startConferenceOnEnter", "\(room.startsOnEnter)"),
            ("endConferenceOnExit", "\(room.endsOnExit)"), ("beep", "\(room.beeps)"),
            ("muted", "\(room.muted)"), ("waitUrl", room.waitURL),
        ]
        element("Conference", attributes, text: room.name)
    }

    /// The pair of attributes every verb with an `action` bears.
    private static func action(_ url: String?) -> [(String, String?)] {
        [("action", url), ("method", url.map { _ in "POST" })]
    }
}
