/// What a tool answered, as the agent is told.
package struct ToolAnswer: Sendable, Equatable {
    /// Text, or JSON as text.
    package var result: String
    /// The agent reads `result` as what went wrong.
    package var isError: Bool

    package init(result: String, isError: Bool = false) {
        self.result = result
        self.isError = isError
    }
}

extension ToolAnswer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(a tool's \(isError ? "error" : "answer"))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension ToolAnswer {
    /// As a later conversation is told.
    var asDoneBefore: ToolAnswer {
        ToolAnswer(result: "This was already done earlier in this call. Its result was: \(result)")
    }
}
