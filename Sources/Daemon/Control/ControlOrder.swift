import Console
import Wire

/// What the operator's program is asked to do.
package enum ControlOrder: Sendable, Equatable {
    case calls
    case call(String)
    case end(String)
    case drain
    case reload
    /// So many of the last lines, then every further one.
    case tail(lines: Int)

    /// As the daemon is asked.
    var request: (method: String, target: String) {
        switch self {
        case .calls: ("GET", "/calls")
        case .call(let id): ("GET", "/calls/" + PercentCoding.encoded(id))
        case .end(let id): ("POST", "/calls/\(PercentCoding.encoded(id))/end")
        case .drain: ("POST", "/drain")
        case .reload: ("POST", "/reload")
        case .tail(let lines): ("GET", "/tail?lines=\(lines)")
        }
    }

    /// The daemon's answer for a person to read.
    func text(_ answer: JSON) -> String {
        switch self {
        case .calls: ControlPages.calls(answer)
        case .call: ControlPages.call(answer)
        case .end:
            "Ended \(answer["call_sid"]?.text ?? "")"
                + (answer["session_id"]?.text.map { $0.isEmpty ? "" : " (\($0))" } ?? "") + "\n"
        case .drain: ControlPages.drain(answer)
        case .reload: ControlPages.reload(answer)
        case .tail: ""
        }
    }
}

/// The daemon's answers as people read them.
enum ControlPages {
    static func calls(_ answer: JSON) -> String {
        let status = (answer["status"]?.text ?? "") + "\n"
        let calls = answer["calls"]?.elements ?? []
        let others = others(answer)
        guard !calls.isEmpty else { return status + others }
        var table = TextTable(
            .left("call"), .left("status"), .left("from"), .left("to"), .left("agent"),
            .right("lasts"), .right("first audio"), .right("turns"))
        for call in calls {
            table.add(
                word(call["call_sid"]), word(call["status"]), word(call["from"]), word(call["to"]),
                word(call["agent"]), length(call["duration_seconds"]),
                unit(call["quality"]?["first_audio_ms"], "ms"), word(call["turns"]))
        }
        return status + "\n" + table.text + others
    }

    /// A line for each call without a conversation: who waits for a place, whom we ring.
    private static func others(_ answer: JSON) -> String {
        let waiting = (answer["waiting"]?.elements ?? []).map {
            "\(word($0["call_sid"])) waits for a place, \(length($0["waiting_seconds"]))\n"
        }
        let ringing = (answer["ringing"]?.elements ?? []).map { "\(word($0)) rings\n" }
        let lines = waiting + ringing
        return lines.isEmpty ? "" : "\n" + lines.joined()
    }

    static func call(_ answer: JSON) -> String {
        var table = TextTable(.left(""), .left(""))
        for member in answer.members ?? [] where member.name != "quality" {
            table.add(member.name, word(member.value))
        }
        for member in answer["quality"]?.members ?? [] {
            table.add(member.name, word(member.value))
        }
        return table.text
    }

    static func drain(_ answer: JSON) -> String {
        let text =
            switch answer["active"]?.whole ?? 0 {
            case 0: "Draining: no call is open, the daemon ends.\n"
            case 1: "Draining: 1 call is open, the daemon ends with it.\n"
            case let open: "Draining: \(open) calls are open, the daemon ends with the last one.\n"
            }
        guard answer["started_by_socket"] == true else { return text }
        return text
            + "The door stays open: unless another instance takes the calls, the next one to come "
            + "starts a\nnew daemon. `systemctl stop callbridge` closes the door.\n"
    }

    static func reload(_ answer: JSON) -> String {
        let changed = answer["changed"]?.elements ?? []
        let facts = answer["facts"]?.elements ?? []
        var text = ""
        if !changed.isEmpty {
            var table = TextTable(.left("setting"), .left("was"), .left("is"))
            for change in changed {
                table.add(word(change["name"]), word(change["before"]), word(change["now"]))
            }
            text += table.text
        }
        for fact in facts { text += "\(word(fact))\n" }
        if text.isEmpty { text = "Nothing has changed.\n" }
        let restart = (answer["restart"]?.elements ?? []).map(word)
        if !restart.isEmpty {
            text += "Only a restart brings the new " + restart.joined(separator: ", ") + ".\n"
        }
        for note in answer["notes"]?.elements ?? [] { text += "Note: \(word(note)).\n" }
        return text
    }

    /// What is wrong, a line for each fault.
    static func refusal(_ answer: JSON?, status: Int) -> String {
        let faults = (answer?["faults"]?.elements ?? []).map { "  \(word($0))\n" }
        guard faults.isEmpty else {
            return "configuration refused, nothing has changed:\n" + faults.joined()
        }
        return answer?["detail"]?.text.map { $0 + "\n" } ?? "it answered \(status)\n"
    }

    private static func word(_ value: JSON?) -> String {
        switch value {
        case .string(let text)?: text.isEmpty ? "-" : text
        case .integer(let number)?: "\(number)"
        case .number(let number)?: "\(number)"
        case .bool(let isSo)?: isSo ? "yes" : "no"
        case .null?, .array?, .object?, nil: "-"
        }
    }

    private static func unit(_ value: JSON?, _ unit: String) -> String {
        let text = word(value)
        return text == "-" ? text : "\(text) \(unit)"
    }

    /// Minutes and seconds: 12:07.
    private static func length(_ value: JSON?) -> String {
        let seconds: Int
        switch value {
        case .number(let number)?: seconds = Int(number)
        case .integer(let number)?: seconds = Int(number)
        default: return "-"
        }
        return "\(seconds / 60):" + (seconds % 60 < 10 ? "0" : "") + "\(seconds % 60)"
    }
}
