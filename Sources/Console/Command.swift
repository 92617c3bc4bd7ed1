/// What a program was called wrongly with; the answer is `ExitCode.usage`.
package struct UsageFault: Error, Equatable {
    /// What is wrong, in one sentence without the program's name.
    package let message: String

    /// A fault told in that sentence.
    package init(_ message: String) { self.message = message }
}

/// A word that is no option: `callbridge ctl call ID`.
package struct Operand: Sendable, Equatable {
    /// The word that stands for it in the help.
    package let name: String
    /// One line about it.
    package let help: String
    /// True when it may be missing; only operands after it may be missing as well.
    package let isOptional: Bool

    /// An operand under that name.
    package init(_ name: String, _ help: String, isOptional: Bool = false) {
        self.name = name
        self.help = help
        self.isOptional = isOptional
    }
}

/// A program, or one of its commands: what it takes, from which the help is made.
package struct Command: Sendable {
    /// As it is called.
    package let name: String
    /// One sentence: what it does.
    package let summary: String
    /// Its own options, in the order of the help.
    package let options: [any OptionDeclaration]
    /// The words it takes, in order.
    package let operands: [Operand]
    /// Its own commands, in the order of the help.
    package let commands: [Command]

    /// Options of a command are taken by all its own commands too. A command has either operands
    /// or commands.
    package init(
        _ name: String, _ summary: String, options: [any OptionDeclaration] = [],
        operands: [Operand] = [], commands: [Command] = []
    ) {
        precondition(operands.isEmpty || commands.isEmpty, "operands or commands, not both")
        self.name = name
        self.summary = summary
        self.options = options
        self.operands = operands
        self.commands = commands
    }

    /// What the words after the program's name ask for.
    package func parse(_ words: some Sequence<String>, version: String) -> Invocation {
        var parser = ArgumentParser(program: self, version: version)
        do throws(UsageFault) {
            return try parser.parse(Array(words))
        } catch {
            let path = parser.path.joined(separator: " ")
            return .wrong("\(name): \(error.message)\nTry '\(path) --help'.\n")
        }
    }
}

/// What a command line asks for.
package enum Invocation: Sendable {
    /// To be done.
    case run(Arguments)
    /// To be printed on standard output, and that is all: help or version.
    case answer(String)
    /// To be printed on standard error; the program leaves with `ExitCode.usage`.
    case wrong(String)
}
