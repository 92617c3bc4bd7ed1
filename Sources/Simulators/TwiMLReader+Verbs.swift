/// The verbs a caller hears or is led away by.
extension TwiMLReader {
    private static let speechMarkup: Set<String> = [
        "break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w",
        "amazon:effect", "amazon:domain", "amazon:auto-breaths", "speak", "mark", "audio",
    ]

    mutating func say(_ element: XMLElement) -> TwiMLScript.Verb? {
        expectAttributes(["voice", "language", "loop"], of: element)
        for child in element.children where !Self.speechMarkup.contains(child.name) {
            note("\(child.name) is no speech markup", child)
        }
        let text = element.fullText.trimmed
        guard !text.isEmpty else {
            note(13520, "Say has nothing to say", element)
            return nil
        }
        if text.count > Self.sayCharactersMax {
            note(13521, "Say has \(text.count) characters", element)
        }
        return .say(
            .init(
                text: String(text.prefix(Self.sayCharactersMax)), voice: element["voice"],
                language: element["language"] ?? "en-US",
                loops: whole("loop", of: element, in: 0...1000) ?? 1))
    }

    mutating func play(_ element: XMLElement) -> TwiMLScript.Verb? {
        expectAttributes(["loop", "digits"], of: element)
        if let digits = element["digits"] {
            guard !digits.isEmpty, digits.allSatisfy({ "0123456789*#wW".contains($0) }) else {
                note("digits=\"\(digits)\" are no keys", element)
                return nil
            }
            return .playDigits(digits)
        }
        let url = element.text.trimmed
        guard !url.isEmpty else {
            note("Play has nothing to play", element)
            return nil
        }
        return .play(url: url, loops: whole("loop", of: element, in: 0...1000) ?? 1)
    }

    mutating func dial(_ element: XMLElement) -> TwiMLScript.Verb? {
        expectAttributes(
            [
                "action", "method", "timeout", "callerId", "timeLimit", "answerOnBridge",
                "hangupOnStar", "record", "ringTone", "sequential", "referUrl",
            ], of: element)
        var parties = element.children.compactMap { party($0) }
        let text = element.text.trimmed
        if !text.isEmpty {
            if !parties.isEmpty { note("Dial holds a number and nouns", element) }
            checkNumber(text, element)
            parties = [.number(text, whisper: nil, sendDigits: nil)]
        }
        guard !parties.isEmpty else {
            note("Dial calls nobody", element)
            return nil
        }
        return .dial(
            .init(
                parties: parties, action: callback("action", "method", of: element),
                timeoutSeconds: whole("timeout", of: element, in: 5...600) ?? 30,
                callerID: element["callerId"]))
    }

    private mutating func party(_ noun: XMLElement) -> TwiMLScript.Party? {
        let text = noun.text.trimmed
        switch noun.name {
        case "Number":
            expectAttributes(
                [
                    "url", "method", "sendDigits", "statusCallback", "statusCallbackEvent",
                    "statusCallbackMethod", "machineDetection", "machineDetectionTimeout",
                    "machineDetectionSpeechThreshold", "machineDetectionSpeechEndThreshold",
                    "machineDetectionSilenceTimeout", "amdStatusCallback",
                    "amdStatusCallbackMethod", "byoc", "phoneNumberSid",
                ], of: noun)
            checkNumber(text, noun)
            return .number(
                text, whisper: callback("url", "method", of: noun), sendDigits: noun["sendDigits"])
        case "Client": return .client(text)
        case "Sip": return .sip(text)
        case "Queue": return .queue(text)
        case "Conference":
            expectAttributes(
                [
                    "startConferenceOnEnter", "endConferenceOnExit", "beep", "waitUrl",
                    "waitMethod", "muted", "maxParticipants", "statusCallback",
                    "statusCallbackEvent", "statusCallbackMethod", "participantLabel", "record",
                    "region", "coach", "jitterBufferSize", "trim",
                ], of: noun)
            return .conference(text)
        default:
            note("\(noun.name) cannot be dialled", noun)
            return nil
        }
    }

    /// A number is E.164 or at least digits.
    private mutating func checkNumber(_ number: String, _ element: XMLElement) {
        let digits = number.hasPrefix("+") ? number.dropFirst() : number[...]
        let isNumber =
            (3...15).contains(digits.count) && digits.allSatisfy { $0.isASCII && $0.isNumber }
        if !isNumber { note(13224, "\(number) is no telephone number", element) }
    }

    mutating func gather(_ element: XMLElement) -> TwiMLScript.Verb? {
        expectAttributes(
            [
                "input", "action", "method", "timeout", "numDigits", "finishOnKey",
                "speechTimeout", "language", "hints", "speechModel", "actionOnEmptyResult",
                "partialResultCallback", "partialResultCallbackMethod", "profanityFilter",
                "enhanced", "debug",
            ], of: element)
        var prompts: [TwiMLScript.Verb] = []
        for child in element.children {
            switch child.name {
            case "Say": if let verb = say(child) { prompts.append(verb) }
            case "Play": if let verb = play(child) { prompts.append(verb) }
            case "Pause":
                prompts.append(.pause(seconds: whole("length", of: child, in: 1...3600) ?? 1))
            default: note("\(child.name) cannot be nested in Gather", child)
            }
        }
        let empty = choice("actionOnEmptyResult", of: element, among: ["true", "false"])
        return .gather(
            .init(
                prompts: prompts, action: callback("action", "method", of: element),
                timeoutSeconds: whole("timeout", of: element, in: 0...600) ?? 5,
                digitsMax: whole("numDigits", of: element, in: 1...100),
                finishOnKey: element["finishOnKey"] ?? "#", asksWhenEmpty: empty == "true"))
    }
}
