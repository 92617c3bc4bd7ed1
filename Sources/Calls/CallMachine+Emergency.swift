import Switchboard

/// The emergency's course: it waits for nobody, and it goes on until somebody takes it.
///
///     ordered ─▶ rung ─▶ failed ─▶ rung again ─▶ failed ─▶ the ladder's human ─▶ failed ─▶ agent
extension CallMachine {
    mutating func emergency(_ transfer: Transfer, at time: Duration) -> [Action] {
        // One is under way already, and asking twice is no second one.
        guard emergency == nil else { return [] }
        forgetFarewell()
        emergency = Emergency(
            transfer, dialsMax: limits.emergencyDialsMax, others: ladder.humans)
        switch caller {
        case .streaming, .leaving:
            guard let first = emergency?.next() else { return [] }
            return leave(for: .transfer(first), at: time)
        case .away:
            caller = .away(emergency?.next().map { .transfer($0) })
            return dropAgent()
        // Somebody may be speaking with the caller already; if not, the human is next. From
        // ElevenLabs the caller has to be fetched.
        case .awaited, .elsewhere: return []
        }
    }

    /// Rings whoever is next. When all were, the caller is told to wait and comes back to the
    /// agent, who hears what happened.
    mutating func goOnWithEmergency(at time: Duration) -> [Action] {
        if let next = emergency?.next() { return run(.transfer(next), at: time) }
        emergency = nil
        owesWord = true
        return answer(at: time)
    }
}
