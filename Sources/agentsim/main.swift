import Console
import Simulators

// Arguments, one call, an exit code.
StopSignal.catchBoth()
await Program.run(Program.command.arguments(version: Program.version)).leave()
