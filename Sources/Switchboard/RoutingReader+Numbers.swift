import Twilio

/// Agents, and how a number is answered.
extension RoutingReader {
    /// The names that may be written of an agent.
    static let agentNames = [
        "id", "language", "waits_for_caller", "first_message_override", "variables",
    ]
    /// The names that may be written of a number.
    static let entryNames = [
        "agent", "language", "variables", "hours", "ladder", "ladder_closed", "calls_max",
        "transfers", "emergency", "queue",
    ]
    /// The names that make a rung.
    static let rungNames = ["agent", "hand_off", "human"]

    /// Takes one agent into the table.
    mutating func read(agent member: PlacedJSON.Member, into table: inout RoutingTable) {
        agentKeys.insert(member.name)
        if !Self.isKey(member.name, also: "_-") {
            refuse(member.place, "is no key of an agent; expected letters, digits, _ and -")
        }
        let fields = fields(of: member.value, Self.agentNames)
        var agent = RoutingAgent()
        agent.id = text(fields["id"], "the agent's id at ElevenLabs")
        if let id = fields["id"], let text = agent.id, !Self.isKey(text, also: "_-") {
            refuse(id.place, "is no id of an agent; expected one as \"agent_test01\"")
        } else if let id = fields["id"], settingsAgents.contains(member.name) {
            refuse(
                id.place,
                "the settings already name this agent; leave \"id\" out here, or the "
                    + "setting there")
        } else if fields["id"] == nil, !settingsAgents.contains(member.name),
            case .object = member.value.content
        {
            refuse(member.value.place, "has no \"id\"")
        }
        agent.language = language(fields["language"])
        agent.manner.waitsForCaller = flag(fields["waits_for_caller"]) ?? false
        agent.manner.mayOverrideFirstMessage = flag(fields["first_message_override"]) ?? false
        agent.variables = variables(fields["variables"])
        table.agents[member.name] = agent
    }

    /// How a number is answered.
    mutating func readEntry(_ value: PlacedJSON) -> RoutingEntry {
        let fields = fields(of: value, Self.entryNames)
        var entry = RoutingEntry()
        let queues = flag(fields["queue"]) ?? false
        let first = fields["agent"].map { agent($0) } ?? nil
        if fields["agent"] != nil || fields["ladder"] != nil {
            entry.ladder = ladder(fields["ladder"], after: first.map { [.agent($0)] } ?? [], queues)
        } else if queues {
            entry.ladder = Self.finished(Array(entry.ladder.dropLast()), queues)
        }
        readHours(of: value, fields, into: &entry)
        entry.language = language(fields["language"])
        entry.variables = variables(fields["variables"])
        entry.callsMax = whole(fields["calls_max"], 1...10_000)
        entry.emergency = number(fields["emergency"])
        for member in members(of: fields["transfers"]) {
            if !Self.isKey(member.name, also: "_-") {
                refuse(member.place, "is no name of a transfer; expected letters, digits, _ and -")
            }
            entry.transfers[member.name] = number(member.value)
        }
        return entry
    }

    /// Hours and what happens outside of them belong together.
    private mutating func readHours(
        of value: PlacedJSON, _ fields: [String: PlacedJSON], into entry: inout RoutingEntry
    ) {
        if let name = fields["hours"], let text = text(name, "the name of some of the hours") {
            if let hours = hours[text] {
                entry.hours = hours
            } else {
                refuse(text, at: name.place, is: "names no hours", known: hours.keys)
            }
        }
        if let closed = fields["ladder_closed"] {
            entry.ladderClosed = ladder(closed, after: [], false)
            if fields["hours"] == nil {
                refuse(closed.place, "has no effect without \"hours\"")
            }
        } else if let name = fields["hours"] {
            refuse(name.place, "needs \"ladder_closed\": who answers outside these hours")
        }
    }

    private mutating func agent(_ value: PlacedJSON) -> String? {
        guard let key = text(value, "the key of an agent") else { return nil }
        if agentKeys.contains(key) { return key }
        refuse(key, at: value.place, is: "is no agent", known: agentKeys)
        return nil
    }

    /// The rungs of a ladder, none of them twice; the apology ends it also when it is not written.
    private mutating func ladder(
        _ value: PlacedJSON?, after first: [Rung], _ queues: Bool
    ) -> [Rung] {
        var rungs = first
        let elements = elements(of: value, each: "rungs")
        if let value, case .array(let all) = value.content, all.isEmpty {
            refuse(value.place, "is an empty ladder; expected at least one rung")
        }
        for element in elements {
            guard let rung = rung(element) else { continue }
            if rungs.contains(rung) {
                refuse(element.place, "is on this ladder already")
            } else if rungs.last == .apology {
                refuse(element.place, "is never reached: the apology ends the call")
            }
            rungs.append(rung)
        }
        return Self.finished(rungs, queues)
    }

    private static func finished(_ rungs: [Rung], _ queues: Bool) -> [Rung] {
        var rungs = rungs.filter { $0 != .apology }
        if queues, !rungs.contains(.queue) { rungs.append(.queue) }
        return rungs + [.apology]
    }

    private mutating func rung(_ value: PlacedJSON) -> Rung? {
        if case .scalar(.string(let word)) = value.content {
            switch word {
            case "queue": return .queue
            case "apology": return .apology
            default: break
            }
            refuse(word, at: value.place, is: "is no rung", known: ["queue", "apology"])
            return nil
        }
        guard case .object(let members) = value.content, members.count == 1 else {
            refuse(
                value.place,
                "is no rung; expected {\"agent\": …}, {\"hand_off\": …}, "
                    + "{\"human\": …}, \"queue\" or \"apology\"")
            return nil
        }
        let fields = fields(of: value, Self.rungNames)
        if let key = fields["agent"] { return agent(key).map { .agent($0) } }
        if let key = fields["hand_off"] { return agent(key).map { .handOff($0) } }
        return number(fields["human"]).map { .human($0) }
    }
}
