/// What every option shows to the parser and to the help text.
package protocol OptionDeclaration: Sendable {
    /// The long name, without dashes.
    var name: String { get }
    /// The letter that stands for it, when it has one.
    var short: Character? { get }
    /// The word that stands for the value in the help; nil for a flag.
    var placeholder: String? { get }
    /// One line about it.
    var help: String { get }
    /// The value it has when it is not given, when that is worth telling.
    var shownDefault: String? { get }
    /// Reads all texts given for it, in order; a flag gets an empty one each time.
    func value(of texts: [String]) throws(UsageFault) -> any Sendable
}

/// One named option of a program and the type of its value.
///
///     let calls = Option.whole("calls", "N", in: 1...5_000, default: 1, "calls at once")
///     …
///     arguments[calls]   // an Int, checked
package struct Option<Value: Sendable>: OptionDeclaration {
    /// The long name, without dashes.
    package let name: String
    /// The letter that stands for it, when it has one.
    package private(set) var short: Character?
    /// The word for the value in the help; nil for a flag.
    package let placeholder: String?
    /// One line about it.
    package let help: String
    /// The default as the help shows it.
    package let shownDefault: String?
    let fallback: Value
    private let read: @Sendable ([String]) throws(UsageFault) -> Value

    init(
        _ name: String, _ placeholder: String?, _ help: String, default fallback: Value,
        shown: String?, read: @escaping @Sendable ([String]) throws(UsageFault) -> Value
    ) {
        self.name = name
        self.placeholder = placeholder
        self.help = help
        self.fallback = fallback
        self.shownDefault = shown
        self.read = read
    }

    /// The same option, also by one letter: `-v`.
    package func letter(_ letter: Character) -> Option {
        var copy = self
        copy.short = letter
        return copy
    }

    package func value(of texts: [String]) throws(UsageFault) -> any Sendable { try read(texts) }

    /// A reader of the last text given; earlier ones are overruled, as everywhere.
    static func last(
        _ read: @escaping @Sendable (String) throws(UsageFault) -> Value
    ) -> @Sendable ([String]) throws(UsageFault) -> Value {
        { texts throws(UsageFault) in try read(texts.last ?? "") }
    }
}

extension Option where Value == Bool {
    /// True when it is given.
    package static func flag(_ name: String, _ help: String) -> Option {
        Option(name, nil, help, default: false, shown: nil) { _ in true }
    }
}

extension Option where Value == String {
    /// Any text.
    package static func text(
        _ name: String, _ placeholder: String, default fallback: String, _ help: String
    ) -> Option {
        Option(
            name, placeholder, help, default: fallback, shown: fallback, read: last { $0 })
    }

    /// One of several words.
    package static func choice(
        _ name: String, _ words: [String], default fallback: String, _ help: String
    ) -> Option {
        let placeholder = words.joined(separator: "|")
        return Option(
            name, placeholder, help, default: fallback, shown: fallback,
            read: last { text throws(UsageFault) in
                guard words.contains(text) else {
                    throw UsageFault("--\(name) is one of \(placeholder), not '\(text)'")
                }
                return text
            })
    }
}

extension Option where Value == String? {
    /// Any text, or none when it is not given.
    package static func text(_ name: String, _ placeholder: String, _ help: String) -> Option {
        Option(name, placeholder, help, default: nil, shown: nil, read: last { $0 })
    }
}

extension Option where Value == Int? {
    /// A whole number within `range`, or none when it is not given.
    package static func whole(
        _ name: String, _ placeholder: String, in range: ClosedRange<Int>, _ help: String
    ) -> Option {
        Option(
            name, placeholder, help, default: nil, shown: nil,
            read: last { text throws(UsageFault) in
                try wholeNumber(text, name: name, in: range)
            })
    }
}

extension Option where Value == [String] {
    /// Every text given, in order; the option may be repeated.
    package static func list(_ name: String, _ placeholder: String, _ help: String) -> Option {
        Option(name, placeholder, help + " (may be repeated)", default: [], shown: nil) { $0 }
    }
}

extension Option where Value == Int {
    /// A whole number within `range`.
    package static func whole(
        _ name: String, _ placeholder: String, in range: ClosedRange<Int>, default fallback: Int,
        _ help: String
    ) -> Option {
        Option(
            name, placeholder, help, default: fallback, shown: String(fallback),
            read: last { text throws(UsageFault) in
                try wholeNumber(text, name: name, in: range)
            })
    }
}

private func wholeNumber(
    _ text: String, name: String, in range: ClosedRange<Int>
) throws(UsageFault) -> Int {
    guard let number = Int(text), range.contains(number) else {
        throw UsageFault(
            "--\(name) is a whole number from \(range.lowerBound) to \(range.upperBound), "
                + "not '\(text)'")
    }
    return number
}

extension Option where Value == Duration {
    /// A duration such as `400ms`, `2s`, `15m`, within `range`.
    package static func duration(
        _ name: String, in range: ClosedRange<Duration>, default fallback: Duration, _ help: String
    ) -> Option {
        Option(
            name, "TIME", help, default: fallback, shown: fallback.written,
            read: last { text throws(UsageFault) in
                guard let time = Duration(written: text), range.contains(time) else {
                    throw UsageFault(
                        "--\(name) is a time from \(range.lowerBound.written) to "
                            + "\(range.upperBound.written), such as 2s, not '\(text)'")
                }
                return time
            })
    }
}
