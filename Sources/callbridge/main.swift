import Console
import Daemon

let file = Option<String?>.text(
    "config", "FILE", "settings from this file, below the environment")
let program = Command(
    "callbridge", "Answers the telephone with a voice agent.",
    commands: [
        Command("serve", "Runs the daemon.", options: [file]),
        Command("check", "Reads the configuration as the daemon would.", options: [file]),
        Launch.replayCommand,
        Control.command,
    ])

let arguments = program.arguments(version: CallbridgeDaemon.version)
let code =
    switch arguments.command.first {
    case "check": Launch.check(file: arguments[file])
    case "ctl": Control.run(arguments)
    case "replay": Launch.replay(arguments)
    default: Launch.serve(file: arguments[file])
    }
code.leave()
