/// Which tool with which arguments succeeded, and what it answered.
package struct ToolPrint: Sendable, Equatable {
    /// The same for the same tool and arguments.
    package var print: UInt64
    package var answer: ToolAnswer

    package init(print: UInt64, answer: ToolAnswer) {
        self.print = print
        self.answer = answer
    }
}

/// A tool with its arguments that was begun.
package struct ToolBegun: Sendable, Equatable {
    /// The tool, by the agent's name for it.
    package var name: String
    /// The same for the same tool and arguments.
    package var print: UInt64
    /// What it does stays done.
    package var lasts: Bool

    package init(name: String, print: UInt64, lasts: Bool = true) {
        self.name = name
        self.print = print
        self.lasts = lasts
    }
}
