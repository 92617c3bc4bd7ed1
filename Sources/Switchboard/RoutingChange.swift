package import Twilio

/// What became different when one table took another's place.
package struct RoutingChange: Sendable, Equatable {
    /// What came, what went, and what is not as it was.
    package struct Part<Key: Sendable & Hashable>: Sendable, Equatable {
        package var added: Set<Key> = []
        package var removed: Set<Key> = []
        package var changed: Set<Key> = []

        init<Value: Equatable>(from old: [Key: Value], to new: [Key: Value]) {
            added = Set(new.keys).subtracting(old.keys)
            removed = Set(old.keys).subtracting(new.keys)
            changed = Set(new.filter { key, value in old[key].map { $0 != value } ?? false }.keys)
        }

        /// True when everything is as it was.
        package var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }

        fileprivate var text: String {
            "\(added.count) added, \(removed.count) removed, \(changed.count) changed"
        }
    }

    /// Numbers that are listed, and agents by key.
    package let numbers: Part<PhoneNumber>
    package let agents: Part<String>
    /// Whether numbers that are not listed are answered in another way than before.
    package let isStandardChanged: Bool

    init(from old: RoutingTable, to new: RoutingTable) {
        numbers = Part(from: old.numbers, to: new.numbers)
        agents = Part(from: old.agents, to: new.agents)
        isStandardChanged = old.standard != new.standard
    }

    /// True when both tables say the same.
    package var isEmpty: Bool { numbers.isEmpty && agents.isEmpty && !isStandardChanged }

    /// For people; no number stands in it.
    package var text: String {
        guard !isEmpty else { return "nothing changed" }
        let others = isStandardChanged ? "changed" : "as before"
        return "numbers \(numbers.text); agents \(agents.text); numbers not listed \(others)"
    }
}
