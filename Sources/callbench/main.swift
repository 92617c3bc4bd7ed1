import Console
import Glibc

// Arguments, one call, an exit code.
switch Program.command.parse(CommandLine.arguments.dropFirst(), version: Program.version) {
case .answer(let text):
    print(text, terminator: "")
    ExitCode.success.leave()
case .wrong(let text):
    Voice.say(text)
    ExitCode.usage.leave()
case .run(let arguments):
    Program.run(arguments)
}
