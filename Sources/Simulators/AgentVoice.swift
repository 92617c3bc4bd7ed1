package import Audio

/// Turns words into audio of a format; the same words always give the same bytes.
package protocol AgentVoice: Sendable {
    func audio(of utterance: AgentScript.Utterance, in format: AudioFormat) -> [UInt8]
}
