/// Why a program cannot go on, in words for people, and its exit code.
package struct Complaint: Error, Sendable, Equatable {
    package var text: String
    package var code: ExitCode

    package init(text: String, code: ExitCode) {
        self.text = text
        self.code = code
    }
}
