package import Instruments
package import Wire

/// Durations under names, shown as percentiles.
package struct LatencyReport: Sendable, Equatable {
    /// One named series of durations.
    package struct Series: Sendable, Equatable {
        package let name: String
        package internal(set) var percentiles = Percentiles()
    }

    /// Every series, in the order of their first measurement.
    package private(set) var series: [Series] = []

    package init() {}

    /// Adds one measurement under a name; names keep the order of their first measurement.
    package mutating func add(_ value: Duration, to name: String) {
        series[place(of: name)].percentiles.record(value)
    }

    /// Adds everything another report holds.
    package mutating func add(_ other: LatencyReport) {
        for one in other.series {
            series[place(of: one.name)].percentiles.merge(one.percentiles)
        }
    }

    private mutating func place(of name: String) -> Int {
        if let index = series.firstIndex(where: { $0.name == name }) { return index }
        series.append(Series(name: name))
        return series.count - 1
    }

    /// The series of that name.
    package subscript(_ name: String) -> Percentiles? {
        series.first { $0.name == name }?.percentiles
    }

    /// The percentiles shown, in order.
    package static let percents: [(name: String, share: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("max", 1),
    ]

    /// A table in milliseconds, a line per series.
    package var text: String {
        let head = ["ms", "count"] + Self.percents.map(\.name)
        let rows = series.map { one in
            [one.name, String(one.percentiles.count)]
                + Self.percents.map { Self.milliseconds(one.percentiles.at($0.share)) }
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

    /// The same for programs: milliseconds under names.
    package var json: JSON {
        .object(
            series.map { one in
                let figures = Self.percents.map { percent in
                    JSON.Member(
                        percent.name,
                        .number(one.percentiles.at(percent.share).fractionalSeconds * 1000))
                }
                let count = JSON.Member("count", .integer(Int64(one.percentiles.count)))
                return JSON.Member(one.name, .object([count] + figures))
            })
    }

    /// Seconds with one decimal.
    package static func seconds(_ value: Duration) -> String {
        let tenths = (value.milliseconds + 50) / 100
        return "\(tenths / 10).\(abs(tenths % 10))"
    }

    /// Milliseconds with one decimal.
    package static func milliseconds(_ value: Duration) -> String {
        let tenths = (value.microseconds + 50) / 100
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}
