import Console

/// What came of reading the configuration.
package struct ConfigurationReport: Sendable, Equatable {
    /// Everything that is wrong, files first, line by line; empty when the daemon may start.
    package let faults: [ConfigurationFault]
    /// What is allowed, but worth a look.
    package let notes: [String]
    private let draft: Configuration
    private let sources: [String: ConfigurationSource]

    init(
        draft: Configuration, sources: [String: ConfigurationSource],
        faults: [ConfigurationFault], notes: [String]
    ) {
        self.draft = draft
        self.sources = sources
        self.faults = faults
        self.notes = notes
    }

    /// The configuration; nil when there is any fault.
    package var configuration: Configuration? { faults.isEmpty ? draft : nil }

    /// What `callbridge check` prints: each fault on a line, or every setting with its origin.
    /// Secrets are shown as being set, never as what they are.
    package var text: String {
        guard faults.isEmpty else {
            let count = faults.count == 1 ? "1 fault" : "\(faults.count) faults"
            return faults.map { "\($0)\n" }.joined() + "\(count); the daemon would not start.\n"
        }
        var table = TextTable(.left("setting"), .left("value"), .left("from"))
        for setting in ConfigurationSetting.all {
            let source = sources[setting.name].map(\.description) ?? "default"
            table.add(setting.name, setting.show(draft), source)
        }
        let remarks = notes.map { "Note: \($0).\n" }.joined()
        return table.text + (remarks.isEmpty ? "" : "\n" + remarks)
            + "\nThe configuration is good.\n"
    }
}
