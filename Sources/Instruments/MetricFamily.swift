import Synchronization

/// Meters of one name, told apart by labels, bounded in number.
///
/// Look a meter up once and keep it where values are frequent: the look-up takes a lock.
package final class MetricFamily<Meter: Sendable>: Sendable {
    /// The value every label has on the one meter that takes what is over the limit.
    package static var overflowLabel: String { "other" }

    let name: String
    let help: String
    let labels: [String]
    private let seriesMax: Int
    private let make: @Sendable () -> Meter
    private let series = Mutex<[[String]: Meter]>([:])

    init(
        _ name: String, _ help: String, labels: [String], seriesMax: Int,
        make: @escaping @Sendable () -> Meter
    ) {
        precondition(MetricName.isValid(name) && labels.allSatisfy(MetricName.isValidLabel))
        self.name = name
        self.help = help
        self.labels = labels
        self.seriesMax = seriesMax
        self.make = make
    }

    /// The meter with these label values, in the order the labels were declared; made at first
    /// use. Past the limit of series it is the shared one labelled `other`.
    package subscript(_ values: String...) -> Meter {
        precondition(values.count == labels.count, "one value for each label of \(name)")
        return series.withLock { series in
            if let known = series[values] { return known }
            let overflow = labels.map { _ in Self.overflowLabel }
            let key = series.count < seriesMax - 1 ? values : overflow
            if let known = series[key] { return known }
            let meter = make()
            series[key] = meter
            return meter
        }
    }

    /// Every meter with its label values, in their order.
    var all: [(values: [String], meter: Meter)] {
        series.withLock { $0 }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { (values: $0.key, meter: $0.value) }
    }
}

/// What Prometheus accepts as a name.
enum MetricName {
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ":") }
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`, and not Prometheus' own `__…` nor a histogram's `le`.
    static func isValidLabel(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy(isWord) && !name.hasPrefix("__") && name != "le"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "_")
    }
}
