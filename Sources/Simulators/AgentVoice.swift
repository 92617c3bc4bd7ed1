/// Turns words into audio of a format; the same words always give the same bytes.
package protocol AgentVoice: Sendable {
    func audio(of utterance: AgentScript.Utterance, in format: SpokenFormat) -> [UInt8]
}
