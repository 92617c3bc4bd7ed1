/// One family's part of the page (Prometheus exposition formats, text format).
struct MetricText {
    let name: String
    let labels: [String]
    /// The label values of the meter that is written now.
    var values: [String] = []
    private(set) var text = ""

    init(name: String, labels: [String]) {
        self.name = name
        self.labels = labels
    }

    mutating func head(help: String, kind: String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind)\n"
    }

    mutating func sample(_ suffix: String = "", bound: String? = nil, value: String) {
        var pairs = zip(labels, values).map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
        if let bound { pairs.append("le=\"\(bound)\"") }
        let braces = pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}"
        text += "\(name)\(suffix)\(braces) \(value)\n"
    }

    mutating func samples(of histogram: Histogram) {
        var cumulative = 0
        let bounds =
            histogram.bounds.map { Self.number(Double($0) / histogram.unitsPerOne) } + ["+Inf"]
        for (bound, count) in zip(bounds, histogram.counts) {
            cumulative += count
            sample("_bucket", bound: bound, value: String(cumulative))
        }
        sample("_sum", value: Self.number(Double(histogram.sum) / histogram.unitsPerOne))
        sample("_count", value: String(cumulative))
    }

    /// The shortest text that reads back as the same number.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int(exactly: value) { return String(whole) }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
