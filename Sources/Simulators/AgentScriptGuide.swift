/// The script format explained by a script that can be read, for `agentsim guide`.
package enum AgentScriptGuide {
    /// Every part and every step once.
    package static let text = #"""
        # A script tells what the agent says, and when. A line is a comment, the head of a part,
        # or a step of the part above it; blanks at the ends do not matter.

        # ISO 639-1. A client that asks for another language gets the script of that language.
        language en

        # Said at once. Leave it out and the caller begins.
        greeting
          # A recording of this program, with its words (phonesim voices lists them).
          say agent-en-greeting
          # Words alone are spoken as a murmur of their length. A name in double braces is a
          # dynamic variable that the client must send.
          say "Hello, {{caller_name}}."

        # After the caller's first turn. The words are what the recogniser understood; a
        # recording's name stands for its words.
        turn "A table for two, please."
          # Thinking time.
          wait 300ms
          # A tool that the client runs; `no-reply` or `timeout 5s` may stand before its object.
          client-tool find_table timeout 5s {"guests": 2, "name": "{{caller_name}}"}
          say "There is one at eight."

        # After the second turn, and so on.
        turn caller-en-answer
          # A tool behind an address; relative ones follow --tool-origin.
          webhook-tool book POST /api/tables {"conversation": "{{system__conversation_id}}"}
          say "It is yours."

        # After a text message that holds the word.
        when "goodbye"
          say agent-en-goodbye
          # Closes with 1000 when the audio has been sent.
          end-call "the caller said goodbye"

        # When the turns are used up.
        otherwise
          say "I am afraid we are closing."
          # A failure from `agentsim faults` that can begin in the middle.
          fault cut

        # When the caller has said nothing for so long.
        silence 10s
          say "Are you still there?"
        """#
}
