import Console
import Simulators

/// `agentsim`: plays the voice agent's service.
enum Program {
    static let version = "0.1.0"

    static let language = Option.choice(
        "language", ["en", "de"], default: "en", "the built-in script of this language")

    static let command = Command(
        "agentsim", "plays ElevenLabs: agent conversations, REST and post-call webhooks",
        commands: [
            Command(
                "serve", "serves until it is told to end (SIGTERM, SIGINT)",
                options: ServeOptions.all),
            Command(
                "check", "reads a script and names its faults, each with its line",
                operands: [Operand("SCRIPT", "the script's file")]),
            Command("script", "prints a built-in script", options: [language]),
            Command("guide", "explains how a script is written, by example"),
            Command("faults", "lists the faults that --fault can play"),
        ])

    static func run(_ arguments: Arguments) async -> ExitCode {
        switch arguments.command.first {
        case "serve": return await Serve.run(arguments)
        case "check": return check(arguments.operands[0])
        case "script":
            let isGerman = arguments[language] == "de"
            Output.say(isGerman ? ClinicScripts.german : ClinicScripts.english)
            return .success
        case "guide":
            Output.say(AgentScriptGuide.text)
            return .success
        default:
            for name in PlannedFault.names { Output.say(name) }
            return .success
        }
    }

    private static func check(_ path: String) -> ExitCode {
        do {
            let script = try ScriptFile.read(path)
            Output.say("\(path): \(script.turns.count) turns, language \(script.language)")
            return .success
        } catch {
            complain(error.text)
            return error.code
        }
    }

    /// Says a sentence on standard error.
    static func complain(_ text: String) { Output.complain("agentsim: \(text)") }
}
