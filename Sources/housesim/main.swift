import Console
import Simulation

switch Program.command.parse(CommandLine.arguments.dropFirst(), version: "1.0") {
case .answer(let text): print(text, terminator: "")
case .wrong(let text):
    print(text, terminator: "")
    ExitCode.usage.leave()
case .run(let arguments):
    if arguments.has(Program.story) {
        Program.tell(arguments[Program.story]).leave()
    } else {
        await Program.run(arguments).leave()
    }
}
