import Console

// Arguments, one call, an exit code.
let arguments = Program.command.arguments(version: "1.0")
if arguments.has(Program.story) {
    Program.tell(arguments[Program.story]).leave()
} else {
    await Program.run(arguments).leave()
}
