import Twilio

/// An emergency that nobody has taken yet: who is still to be rung for it, in order.
///
///     ordered ─▶ its human ─▶ its human again ─▶ each other human of the ladder ─▶ nobody
///
/// It is part of what survives the process, from the moment it is ordered until somebody took it
/// or all were tried. Then the caller is back with the agent, who is told.
package struct Emergency: Sendable, Equatable {
    /// Who is still to be rung.
    package var rest: [Transfer]

    package init(rest: [Transfer]) { self.rest = rest }

    /// Everybody is still to be rung: `transfer` so many times, then the others.
    init(_ transfer: Transfer, dialsMax: Int, others: [PhoneNumber]) {
        rest = Array(repeating: transfer, count: max(1, dialsMax))
        for number in others where !rest.contains(where: { $0.number == number }) {
            rest.append(
                Transfer(name: transfer.name, number: number, author: transfer.author))
        }
    }

    /// Whoever is rung next; nil when all were.
    mutating func next() -> Transfer? { rest.isEmpty ? nil : rest.removeFirst() }
}
