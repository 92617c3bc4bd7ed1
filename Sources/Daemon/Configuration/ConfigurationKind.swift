import Console
import Instruments
import Net
import Twilio
import Wire

/// Why a text is no value of its kind, as the middle of a sentence: `is 'abc'`.
struct ConfigurationRefusal: Error, Equatable {
    let what: String

    /// `text` itself is told only when `isShown`, and not more of it than helps to find it.
    init(_ text: String, isShown: Bool = false, item: Int? = nil) {
        let subject = item.map { "item \($0) " } ?? ""
        let shown = String(printable: text, max: 24)
        what = isShown ? "\(subject)is '\(shown)'" : "\(subject)cannot be used"
    }
}

/// One kind of value: what is expected, how it is read and how it is written again.
struct ConfigurationKind<Value: Sendable>: Sendable {
    /// The end of the sentence "expected …".
    let expected: String
    let read: @Sendable (String) throws(ConfigurationRefusal) -> Value
    /// As `read` takes it; what is secret is written only as being there.
    let write: @Sendable (Value) -> String

    init(
        _ expected: String,
        read: @escaping @Sendable (String) throws(ConfigurationRefusal) -> Value,
        write: @escaping @Sendable (Value) -> String
    ) {
        self.expected = expected
        self.read = read
        self.write = write
    }

    /// A kind whose values are either there or not.
    init(
        _ expected: String, isShown: Bool, parse: @escaping @Sendable (String) -> Value?,
        write: @escaping @Sendable (Value) -> String
    ) {
        self.init(
            expected,
            read: { text throws(ConfigurationRefusal) in
                guard let value = parse(text) else {
                    throw ConfigurationRefusal(text, isShown: isShown)
                }
                return value
            }, write: write)
    }
}

extension ConfigurationKind {
    /// The same kind, or nothing.
    static func orNothing<One>(_ one: ConfigurationKind<One>) -> Self where Value == One? {
        Self(one.expected) { text throws(ConfigurationRefusal) in
            try one.read(text)
        } write: {
            $0.map(one.write) ?? ""
        }
    }

    /// Several, with commas between them; spaces round a comma are no part of a value.
    static func list<One>(of one: ConfigurationKind<One>, max: Int = 64) -> Self
    where Value == [One] {
        Self("at most \(max), with commas between them, each \(one.expected)") {
            text throws(ConfigurationRefusal) in
            let items = text.split(separator: ",", omittingEmptySubsequences: false)
            guard items.count <= max else { throw ConfigurationRefusal("", item: max + 1) }
            var values: [One] = []
            for (index, item) in items.enumerated() {
                do throws(ConfigurationRefusal) {
                    values.append(try one.read(String(item.trimmingSpaces)))
                } catch {
                    throw ConfigurationRefusal(item: index + 1, of: items.count, error)
                }
            }
            return values
        } write: {
            $0.map(one.write).joined(separator: ",")
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var kept = self
        while kept.first == " " { kept.removeFirst() }
        while kept.last == " " { kept.removeLast() }
        return kept
    }
}

extension ConfigurationRefusal {
    /// The refusal of one item; of one alone the number would say nothing.
    fileprivate init(item: Int, of count: Int, _ refusal: ConfigurationRefusal) {
        what = count == 1 ? refusal.what : "item \(item) " + refusal.what
    }
}

extension ConfigurationKind where Value == Int {
    static func whole(_ range: ClosedRange<Int>) -> Self {
        Self("a whole number from \(range.lowerBound) to \(range.upperBound)", isShown: true) {
            Int($0).flatMap { range.contains($0) ? $0 : nil }
        } write: {
            String($0)
        }
    }
}

extension ConfigurationKind where Value == Int? {
    /// A number, or `auto` for nil.
    static func wholeOrAuto(_ range: ClosedRange<Int>) -> Self {
        let number = ConfigurationKind<Int>.whole(range)
        return Self("auto or \(number.expected)") { text throws(ConfigurationRefusal) in
            text == "auto" ? nil : try number.read(text)
        } write: {
            $0.map(number.write) ?? "auto"
        }
    }
}

extension ConfigurationKind where Value == UInt16 {
    static var port: Self {
        Self("a port from 0 to 65535, 0 for any free one", isShown: true) {
            UInt16($0)
        } write: {
            String($0)
        }
    }
}

extension ConfigurationKind where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        Self(
            "a time from \(range.lowerBound.written) to \(range.upperBound.written), "
                + "such as 400ms, 2s, 15m or 4h", isShown: true
        ) {
            Duration(written: $0).flatMap { range.contains($0) ? $0 : nil }
        } write: {
            $0.written
        }
    }
}

extension ConfigurationKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words.
    static var word: Self {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return Self("one of \(words)", isShown: true) {
            Value(rawValue: $0)
        } write: {
            $0.rawValue
        }
    }
}

extension ConfigurationKind where Value == LogLevel {
    static var level: Self {
        let words = ["error", "warning", "notice", "info", "debug"]
        return Self("one of \(words.joined(separator: ", "))", isShown: true) { text in
            LogLevel.allCases.first { "\($0)" == text }
        } write: {
            "\($0)"
        }
    }
}
