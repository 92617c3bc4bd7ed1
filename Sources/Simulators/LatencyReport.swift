/// Durations under names, shown as percentiles.
package struct LatencyReport: Sendable, Equatable {
    /// One named series of durations.
    package struct Series: Sendable, Equatable {
        package let name: String
        package private(set) var values: [Duration] = []

        fileprivate init(_ name: String) { self.name = name }

        fileprivate mutating func add(_ value: Duration) { values.append(value) }

        /// The smallest value with at least this share (0–100) of all values at or below it,
        /// the nearest-rank method; nil when there is none.
        package func percentile(_ percent: Double) -> Duration? {
            guard !values.isEmpty else { return nil }
            let rank = Int((percent / 100 * Double(values.count)).rounded(.up))
            return values.sorted()[min(max(rank, 1), values.count) - 1]
        }
    }

    package private(set) var series: [Series] = []

    package init() {}

    /// Adds one measurement under a name; names keep the order of their first measurement.
    package mutating func add(_ value: Duration, to name: String) {
        guard let index = series.firstIndex(where: { $0.name == name }) else {
            series.append(Series(name))
            series[series.count - 1].add(value)
            return
        }
        series[index].add(value)
    }

    /// Adds everything another report holds.
    package mutating func add(_ other: LatencyReport) {
        for one in other.series {
            for value in one.values { add(value, to: one.name) }
        }
    }

    /// The series of that name.
    package subscript(_ name: String) -> Series? { series.first { $0.name == name } }

    /// The percentiles shown, in order.
    package static let percents: [(name: String, share: Double)] = [
        ("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("max", 100),
    ]

    /// A table in milliseconds, a line per series.
    package var text: String {
        let head = ["ms", "count"] + Self.percents.map(\.name)
        let rows = series.map { one in
            [one.name, String(one.values.count)]
                + Self.percents.map { one.percentile($0.share).map(Self.milliseconds) ?? "-" }
        }
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            row.indices.map { column in
                let blanks = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + blanks : blanks + row[column]
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// Milliseconds with one decimal.
    package static func milliseconds(_ value: Duration) -> String {
        let tenths = (value.microseconds + 50) / 100
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}
