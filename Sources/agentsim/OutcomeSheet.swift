import Glibc
import Simulators
import Synchronization
import Wire

/// Tells what became of each conversation: a line on standard output, files in a folder.
struct OutcomeSheet {
    let folder: String?
    let isJSON: Bool

    func write(_ outcome: AgentOutcome) {
        let json = AgentOutcomeWriter.json(outcome)
        Output.say(isJSON ? json.serialized : AgentOutcomeWriter.text(outcome))
        guard let folder else { return }
        let path = "\(folder)/\(outcome.conversationID)"
        mkdir(folder, 0o755)
        let wave = AgentOutcomeWriter.wave(outcome)
        let words = Array(AgentOutcomeWriter.transcript(outcome).utf8)
        for (bytes, name) in [
            (json.bytes, "\(path).json"), (wave, "\(path).wav"), (words, "\(path).txt"),
        ]
        where !Output.write(bytes, to: name) {
            Program.complain("\(name) cannot be written")
        }
    }
}
