/// A command line that has been read and checked.
package struct Arguments: Sendable {
    /// The command's names below the program: `["ctl", "call"]`; empty for the program itself.
    package let command: [String]
    /// The words that are no options, in order.
    package let operands: [String]
    private let values: [String: any Sendable]
    private let declared: Set<String>

    init(
        command: [String], operands: [String], values: [String: any Sendable],
        declared: Set<String>
    ) {
        self.command = command
        self.operands = operands
        self.values = values
        self.declared = declared
    }

    /// The option's value, or its default; the option must be one that the command takes.
    package subscript<Value>(_ option: Option<Value>) -> Value {
        precondition(declared.contains(option.name), "--\(option.name) is not declared here")
        return values[option.name] as? Value ?? option.fallback
    }

    /// True when the option was given.
    package func has<Value>(_ option: Option<Value>) -> Bool { values[option.name] != nil }
}

/// Reads words by the GNU conventions.
///
///     --name value  --name=value  --flag  -v  -vn5  -n 5  --  operands anywhere
struct ArgumentParser {
    private let version: String
    /// The program and the commands chosen so far.
    private var chosen: [Command]
    private var texts: [String: [String]] = [:]
    private var operands: [String] = []

    init(program: Command, version: String) {
        chosen = [program]
        self.version = version
    }

    var path: [String] { chosen.map(\.name) }

    private var options: [any OptionDeclaration] { chosen.flatMap(\.options) }

    mutating func parse(_ words: [String]) throws(UsageFault) -> Invocation {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                for operand in rest { try take(operand) }
                break
            } else if word == "--help" || word == "-h" {
                return .answer(HelpText(of: chosen).text)
            } else if word == "--version" {
                return .answer("\(chosen[0].name) \(version)\n")
            } else if word.hasPrefix("--") {
                try takeLong(word.dropFirst(2), &rest)
            } else if word.hasPrefix("-"), word != "-" {
                try takeShort(word.dropFirst(), &rest)
            } else {
                try take(word)
            }
        }
        return .run(try finish())
    }

    private mutating func takeLong(
        _ word: Substring, _ rest: inout ArraySlice<String>
    ) throws(UsageFault) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = options.first(where: { $0.name == name }) else {
            let known = options.map(\.name) + ["help", "version"]
            throw unknown(
                "option", "--" + name, NearestName.to(name, among: known).map { "--" + $0 })
        }
        if parts.count == 2 {
            guard option.placeholder != nil else { throw UsageFault("--\(name) takes no value") }
            texts[name, default: []].append(String(parts[1]))
        } else {
            try takeValue(of: option, &rest)
        }
    }

    private mutating func takeShort(
        _ letters: Substring, _ rest: inout ArraySlice<String>
    ) throws(UsageFault) {
        var letters = letters
        while let letter = letters.popFirst() {
            guard let option = options.first(where: { $0.short == letter }) else {
                throw unknown("option", "-\(letter)", nil)
            }
            if option.placeholder != nil, !letters.isEmpty {
                texts[option.name, default: []].append(String(letters))
                return
            }
            try takeValue(of: option, &rest)
        }
    }

    private mutating func takeValue(
        of option: any OptionDeclaration, _ rest: inout ArraySlice<String>
    ) throws(UsageFault) {
        guard let placeholder = option.placeholder else {
            texts[option.name, default: []].append("")
            return
        }
        guard let value = rest.popFirst() else {
            throw UsageFault("--\(option.name) needs a value: \(placeholder)")
        }
        texts[option.name, default: []].append(value)
    }

    private mutating func take(_ word: String) throws(UsageFault) {
        guard let current = chosen.last else { return }
        if !current.commands.isEmpty {
            guard let next = current.commands.first(where: { $0.name == word }) else {
                let known = current.commands.map(\.name)
                throw unknown("command", word, NearestName.to(word, among: known))
            }
            chosen.append(next)
        } else if operands.count < current.operands.count {
            operands.append(word)
        } else {
            throw UsageFault("'\(word)' is more than expected")
        }
    }

    private func unknown(_ kind: String, _ word: String, _ nearest: String?) -> UsageFault {
        UsageFault("unknown \(kind) '\(word)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
    }

    private func finish() throws(UsageFault) -> Arguments {
        if let current = chosen.last {
            if !current.commands.isEmpty {
                let names = current.commands.map(\.name).joined(separator: ", ")
                throw UsageFault("a command is missing: \(names)")
            }
            let needed = current.operands.prefix { !$0.isOptional }
            if operands.count < needed.count {
                throw UsageFault("\(needed[operands.count].name) is missing")
            }
        }
        var values: [String: any Sendable] = [:]
        for option in options {
            if let texts = texts[option.name] { values[option.name] = try option.value(of: texts) }
        }
        return Arguments(
            command: Array(path.dropFirst()), operands: operands, values: values,
            declared: Set(options.map(\.name)))
    }
}
