import Console
import Recordings
import Simulators

/// `phonesim`: plays Twilio and whoever calls.
enum Program {
    static let version = "0.1.0"

    static let command = Command(
        "phonesim", "plays Twilio: signed webhooks, media streams, REST",
        commands: [
            Command(
                "ring", "calls a number, talks, and measures what the caller heard",
                options: Options.account + Options.caller + Options.load),
            Command(
                "serve", "serves Twilio's REST side and lives the calls it is asked to place",
                options: Options.account + Options.caller + Options.serving),
            Command("voices", "lists the recordings that --say knows by name"),
        ])

    static func run(_ arguments: Arguments) async -> ExitCode {
        do {
            switch arguments.command.first {
            case "ring": return try await Ring.run(arguments)
            case "serve": return try await Serve.run(arguments)
            default:
                for voice in RecordedVoice.all { Output.say("\(voice.name)  \(voice.text)") }
                return .success
            }
        } catch {
            Output.complain("phonesim: \(error.text)")
            return error.code
        }
    }
}
