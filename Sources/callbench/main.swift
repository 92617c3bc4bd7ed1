import Console

// Arguments, one call, an exit code.
Program.run(Program.command.arguments(version: Program.version))
