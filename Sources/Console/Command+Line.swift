import Glibc

extension Command {
    /// What this program was called with. Asked for help or its version it answers and leaves;
    /// called wrongly it says so on standard error, where no reader of its results finds it, and
    /// leaves.
    package func arguments(version: String) -> Arguments {
        switch parse(CommandLine.arguments.dropFirst(), version: version) {
        case .run(let arguments): return arguments
        case .answer(let text):
            Self.write(text, to: STDOUT_FILENO)
            ExitCode.success.leave()
        case .wrong(let text):
            Self.write(text, to: STDERR_FILENO)
            ExitCode.usage.leave()
        }
    }

    /// A page of text goes out in one piece, to whoever reads; nobody is nobody's loss.
    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}
