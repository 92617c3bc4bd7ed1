/// The page that `--help` prints, made from the declarations.
struct HelpText {
    private let chosen: [Command]

    /// Columns of a page; terminals and mail have 80.
    private static let width = 80
    /// Columns the names of options may take before their help moves to the next line.
    private static let namesMax = 30

    /// The page of the last of these: the program, its command, the command's command.
    init(of chosen: [Command]) { self.chosen = chosen }

    var text: String {
        guard let command = chosen.last else { return "" }
        let commands = command.commands.map { (names: $0.name, help: $0.summary) }
        let operands = command.operands.map { (names: $0.name, help: $0.help) }
        return usage(of: command) + "\n" + Self.wrapped(command.summary, indent: 0)
            + section("Commands", commands) + section("Operands", operands)
            + section("Options", options)
    }

    private func usage(of command: Command) -> String {
        var words = chosen.map(\.name) + ["[OPTION]…"]
        if !command.commands.isEmpty { words.append("COMMAND") }
        words += command.operands.map { $0.isOptional ? "[\($0.name)]" : $0.name }
        return "Usage: " + words.joined(separator: " ") + "\n"
    }

    private var options: [(names: String, help: String)] {
        let own = chosen.flatMap(\.options).map { option in
            let letter = option.short.map { "-\($0), " } ?? "    "
            let value = option.placeholder.map { "=\($0)" } ?? ""
            let note = option.shownDefault.map { " (default \($0))" } ?? ""
            return (names: "\(letter)--\(option.name)\(value)", help: option.help + note)
        }
        return own + [
            (names: "-h, --help", help: "shows this page"),
            (names: "    --version", help: "shows the version"),
        ]
    }

    private func section(_ title: String, _ rows: [(names: String, help: String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let widest = rows.map(\.names.count).filter { $0 <= Self.namesMax }.max() ?? 0
        let column = widest + 4
        let lines = rows.map { row in
            let help = Self.wrapped(row.help, indent: column)
            guard row.names.count <= widest else { return "  \(row.names)\n\(help)" }
            let gap = String(repeating: " ", count: column - 2 - row.names.count)
            return "  \(row.names)\(gap)\(help.drop { $0 == " " })"
        }
        return "\n\(title):\n" + lines.joined()
    }

    /// Lines of whole words, each after `indent` spaces.
    private static func wrapped(_ text: String, indent: Int) -> String {
        let space = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, indent + line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return (lines + [line]).map { space + $0 + "\n" }.joined()
    }
}
