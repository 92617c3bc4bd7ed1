import ElevenLabs
import Switchboard
import Twilio

/// What operators and tools ask of the call.
extension Call {
    /// Keys as `<Play digits>` takes them.
    private static let keys = Set("0123456789*#wW")

    /// Carries out an order, or says why not; what takes its time is under way when this returns.
    package func carryOut(
        _ order: Order, by author: Transfer.Author
    ) throws(OrderRefusal) {
        recorder?.heard(.ordered(order, author))
        switch order {
        case .end:
            guard author == .agent else { return take(.stop(.operatorEnded)) }
            obey(.lastWords(.agentEnded))
        case .transfer(let name, let whisper):
            let transfer = try transfer(to: name, whisper: whisper, by: author)
            try run(.transfer(transfer))
        case .say(let text): try run(.say(text))
        case .digits(let keys):
            guard !keys.isEmpty, keys.allSatisfy(Self.keys.contains) else { throw .notKeys }
            try run(.digits(keys))
        case .context(let text):
            guard machine.isConversing else { throw .notNow(status: machine.status) }
            send(AgentCommand.contextualUpdate(text))
        }
        tell(.ordered(order.name, author))
    }

    /// Takes the caller to the human for emergencies, whatever the agent does; false when the
    /// number has none.
    package func emergency() -> Bool {
        recorder?.heard(.emergency)
        guard !isOver, let number = ticket.plan.emergency else { return false }
        let transfer = Transfer(name: "emergency", number: number, author: .emergency)
        take(.emergency(transfer))
        tell(.ordered("transfer", .emergency))
        return true
    }

    private func run(_ errand: Errand) throws(OrderRefusal) {
        guard machine.takesErrands, !hasErrandWaiting else { throw .notNow(status: machine.status) }
        obey(.errand(errand))
    }

    /// Does it now, or as soon as the tool that ordered it has its answer.
    private func obey(_ input: CallMachine.Input) {
        if toolsRunning.isEmpty { return take(input) }
        // Who is to be connected is not hung up on, in whatever order the agent says both.
        if !hasErrandWaiting { afterTools = input }
    }

    private var hasErrandWaiting: Bool {
        if case .errand = afterTools { true } else { false }
    }

    private func transfer(
        to name: String, whisper: String?, by author: Transfer.Author
    ) throws(OrderRefusal) -> Transfer {
        let allowed = ticket.plan.transfers
        let known = allowed.first { $0.key == name || $0.value.raw == name }
        guard let known else {
            throw .destinationUnknown(allowed: allowed.keys.sorted())
        }
        return Transfer(name: known.key, number: known.value, author: author, whisper: whisper)
    }
}

extension Order {
    /// What was ordered, in a word.
    package var name: String {
        switch self {
        case .end: "end"
        case .transfer: "transfer"
        case .say: "say"
        case .digits: "dtmf"
        case .context: "context"
        }
    }
}
