import Console
import Simulators

// Arguments, one call, an exit code.
StopSignal.catchBoth()
switch Program.command.parse(CommandLine.arguments.dropFirst(), version: Program.version) {
case .answer(let text):
    Output.say(text, terminator: "")
    ExitCode.success.leave()
case .wrong(let text):
    Output.complain(text, terminator: "")
    ExitCode.usage.leave()
case .run(let arguments):
    await Program.run(arguments).leave()
}
