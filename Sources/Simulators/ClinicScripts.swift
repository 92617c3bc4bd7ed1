/// What the built-in agent does when nobody wrote it a script: a practice's front desk.
package enum ClinicScripts {
    /// In English.
    package static let english = """
        language en

        greeting
          say agent-en-greeting

        turn caller-en-request
          wait 300ms
          say agent-en-offer

        turn caller-en-answer
          wait 300ms
          say agent-en-confirmation

        turn caller-en-goodbye
          say agent-en-goodbye
          end-call "the caller said goodbye"

        when "goodbye"
          say agent-en-goodbye
          end-call "the caller said goodbye"

        otherwise
          say agent-en-offer

        silence 10s
          say "Are you still there?"
        """

    /// In German.
    package static let german = """
        language de

        greeting
          say agent-de-greeting

        turn caller-de-request
          wait 300ms
          say agent-de-offer

        turn caller-de-answer
          wait 300ms
          say agent-de-confirmation

        turn caller-de-goodbye
          say agent-de-goodbye
          end-call "the caller said goodbye"

        when "wiederhören"
          say agent-de-goodbye
          end-call "the caller said goodbye"

        otherwise
          say agent-de-offer

        silence 10s
          say "Sind Sie noch da?"
        """

    /// Both, English first; a test keeps them readable.
    package static let all: [AgentScript] = [english, german].compactMap {
        try? AgentScriptReader.read($0)
    }
}
