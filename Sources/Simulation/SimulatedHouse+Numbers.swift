import Switchboard
import Twilio

/// Whom the house may ring, and how it answers: telephone numbers and ladders of rungs.
extension SimulatedHouse {
    /// The number that is called, and shown.
    static let number = "+15550100099"
    /// Those whom the house may ring.
    static let human = "+15550100077"
    static let reception = "+15550100078"
    static let emergency = "+15550100079"

    /// How one caller's calls are answered, by the dice.
    func drawnPlan() -> CallPlan {
        var rungs: [Rung] = [.agent("default")]
        if dice.chance(0.4) { rungs.append(.agent("second")) }
        if dice.chance(0.25) { rungs.append(.queue) }
        if dice.chance(0.2) { rungs.append(.handOff("default")) }
        if dice.chance(0.3) { rungs.append(.human(PhoneNumber(Self.human))) }
        return CallPlan(
            rungs: rungs, language: .english, variables: ["name": "value"],
            transfers: ["reception": PhoneNumber(Self.reception)],
            emergency: PhoneNumber(Self.emergency), callsMax: plan.callsMaxOfNumber)
    }
}
