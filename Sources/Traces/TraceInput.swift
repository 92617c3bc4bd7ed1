import Calls
import Twilio
import Wire

/// A call's inputs and decisions as they stand in a trace.
extension CallInput {
    var json: JSON {
        switch self {
        case .begin: ["do": "begin"]
        case .woken: ["do": "wake"]
        case .streamTaken(let start, let adoptions):
            [
                "do": "stream", "account": .string(start.account.text),
                "call": .string(start.call.text), "stream": .string(start.stream.text),
                "adoptions": .integer(Int64(adoptions)),
            ]
        case .afterStream(let isThere): ["do": "after_stream", "there": .bool(isThere)]
        case .errandOver(.joined): ["do": "errand_over"]
        case .errandOver(.failed(let why)): ["do": "errand_over", "failed": .string(why)]
        case .errandAnswered: ["do": "errand_answered"]
        case .handedOff: ["do": "handed_off"]
        case .callFinished: ["do": "call_finished"]
        case .stop(let reason): ["do": "stop", "reason": .string(reason.rawValue)]
        case .ordered(let order, let author):
            order.json.adding("author", .string(author.rawValue))
        case .emergency: ["do": "emergency"]
        case .dialled(let number): ["do": "dialled", "number": .integer(Int64(number))]
        case .dialFailed(let number, let fault):
            [
                "do": "dial_failed", "number": .integer(Int64(number)),
                "reason": .string(fault.reason.rawValue), "detail": .string(fault.detail),
            ]
        case .toolDone(let callID, let answer):
            [
                "do": "tool_done", "id": .string(callID), "result": .string(answer.result),
                "error": .bool(answer.isError),
            ]
        }
    }

    init?(_ json: JSON) {
        switch json["do"]?.text {
        case "begin": self = .begin
        case "wake": self = .woken
        case "stream":
            guard let account = AccountSID(json["account"]?.text ?? ""),
                let call = CallSID(json["call"]?.text ?? ""),
                let stream = StreamSID(json["stream"]?.text ?? "")
            else { return nil }
            // Traces from before streams outlived their processes do not say.
            self = .streamTaken(
                TwilioStart(account: account, call: call, stream: stream),
                adoptions: Int(clamping: json["adoptions"]?.whole ?? 0))
        case "after_stream": self = .afterStream(callerIsThere: json["there"] == .bool(true))
        case "errand_over":
            self = .errandOver(json["failed"]?.text.map { .failed($0) } ?? .joined)
        case "errand_answered": self = .errandAnswered
        case "handed_off": self = .handedOff
        case "call_finished": self = .callFinished
        case "emergency": self = .emergency
        case "stop":
            guard let reason = EndReason(rawValue: json["reason"]?.text ?? "") else { return nil }
            self = .stop(reason)
        default: self.init(rarer: json)
        }
    }

    private init?(rarer json: JSON) {
        switch json["do"]?.text {
        case "dialled":
            guard let number = json["number"]?.whole else { return nil }
            self = .dialled(Int(clamping: number))
        case "dial_failed":
            guard let number = json["number"]?.whole,
                let reason = EndReason(rawValue: json["reason"]?.text ?? "")
            else { return nil }
            let fault = DialFault(reason, json["detail"]?.text ?? "")
            self = .dialFailed(Int(clamping: number), fault)
        case "tool_done":
            guard let id = json["id"]?.text, let result = json["result"]?.text else { return nil }
            self = .toolDone(
                callID: id, ToolAnswer(result: result, isError: json["error"] == .bool(true)))
        default:
            guard let order = Order(json),
                let author = Transfer.Author(rawValue: json["author"]?.text ?? "")
            else { return nil }
            self = .ordered(order, author)
        }
    }
}

extension Order {
    var json: JSON {
        switch self {
        case .end: ["do": "order_end"]
        case .transfer(let name, let whisper):
            [
                "do": "order_transfer", "to": .string(name),
                "whisper": whisper.map { .string($0) } ?? .null,
            ]
        case .say(let text): ["do": "order_say", "text": .string(text)]
        case .digits(let keys): ["do": "order_digits", "keys": .string(keys)]
        case .context(let text): ["do": "order_context", "text": .string(text)]
        }
    }

    init?(_ json: JSON) {
        switch json["do"]?.text {
        case "order_end": self = .end
        case "order_transfer":
            self = .transfer(to: json["to"]?.text ?? "", whisper: json["whisper"]?.text)
        case "order_say": self = .say(json["text"]?.text ?? "")
        case "order_digits": self = .digits(json["keys"]?.text ?? "")
        case "order_context": self = .context(json["text"]?.text ?? "")
        default: return nil
        }
    }
}

extension NextStep {
    /// The step and whom it is about; numbers are masked.
    var traced: String {
        switch self {
        case .dial(let transfer): "dial \(transfer.name) \(transfer.author.rawValue)"
        case .handOff(let key): "hand off \(key)"
        case .digits(let keys): "digits, \(keys.utf8.count) of them"
        default: name
        }
    }
}

extension CallEvent {
    /// The event in words that are the same in every process.
    var traced: String {
        switch self {
        case .ended(let reason, _): "ended \(reason.rawValue)"
        case .agentFailed(let reason, _): "agentFailed \(reason.rawValue)"
        case .agentLostEarly(let reason, _): "agentLostEarly \(reason.rawValue)"
        case .announced(let announcement): "announced \(announcement.rawValue)"
        case .fault(let fault, _): "fault \(fault.rawValue)"
        default: String("\(self)".prefix { $0 != "(" })
        }
    }
}

extension JSON {
    fileprivate func adding(_ name: String, _ value: JSON) -> JSON {
        .object((members ?? []) + [Member(name, value)])
    }
}
