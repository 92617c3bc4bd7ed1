import Synchronization

/// Names every meter of the process and renders them for Prometheus.
///
/// Meters are declared once, when the house is built; each name may be declared once only.
package final class MetricBoard: Sendable {
    /// Series of one name: more would make the monitoring pay for what a peer sends.
    package static let seriesMax = 64
    /// The media type of `render` (Prometheus text format 0.0.4).
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct Entry: Sendable {
        let name: String
        let render: @Sendable (inout String) -> Void
    }

    private let entries = Mutex<[Entry]>([])

    /// An empty board.
    package init() {}

    /// A counter; by custom its name ends in `_total`.
    package func counter(_ name: String, _ help: String) -> Counter {
        counters(name, help, labels: [])[]
    }

    /// Counters told apart by labels.
    package func counters(
        _ name: String, _ help: String, labels: [String], seriesMax: Int = seriesMax
    ) -> MetricFamily<Counter> {
        let family = MetricFamily(name, help, labels: labels, seriesMax: seriesMax) { Counter() }
        enter(family, kind: "counter") { $1.sample(value: String($0.value)) }
        return family
    }

    /// Gauges told apart by labels.
    package func gauges(
        _ name: String, _ help: String, labels: [String], seriesMax: Int = seriesMax
    ) -> MetricFamily<Gauge> {
        let family = MetricFamily(name, help, labels: labels, seriesMax: seriesMax) { Gauge() }
        enter(family, kind: "gauge") { $1.sample(value: String($0.value)) }
        return family
    }

    /// A gauge that is asked for its value when it is shown; nil shows nothing.
    package func gauge(_ name: String, _ help: String, read: @escaping @Sendable () -> Double?) {
        enter(name, help, kind: "gauge", read: read)
    }

    /// A counter that somebody else keeps, asked when it is shown; nil shows nothing.
    package func counter(_ name: String, _ help: String, read: @escaping @Sendable () -> Double?) {
        enter(name, help, kind: "counter", read: read)
    }

    /// A histogram of durations in seconds; by custom its name ends in `_seconds`.
    package func histogram(_ name: String, _ help: String, bounds: [Duration]) -> Histogram {
        histograms(name, help, labels: []) { Histogram(bounds) }[]
    }

    /// Histograms told apart by labels, each made by `make`, with the same bounds.
    package func histograms(
        _ name: String, _ help: String, labels: [String], seriesMax: Int = seriesMax,
        make: @escaping @Sendable () -> Histogram
    ) -> MetricFamily<Histogram> {
        let family = MetricFamily(name, help, labels: labels, seriesMax: seriesMax, make: make)
        enter(family, kind: "histogram") { histogram, page in page.samples(of: histogram) }
        return family
    }

    /// The name of everything on the board, in the order of declaration.
    package var names: [String] { entries.withLock { $0.map(\.name) } }

    /// The whole board as Prometheus text, in the order of declaration.
    package func render() -> String {
        var text = ""
        for entry in entries.withLock({ $0 }) { entry.render(&text) }
        return text
    }

    private func enter(
        _ name: String, _ help: String, kind: String, read: @escaping @Sendable () -> Double?
    ) {
        let family = MetricFamily(name, help, labels: [], seriesMax: 1) { read }
        _ = family[]
        enter(family, kind: kind) { read, page in
            if let value = read() { page.sample(value: MetricText.number(value)) }
        }
    }

    private func enter<Meter>(
        _ family: MetricFamily<Meter>, kind: String,
        render: @escaping @Sendable (Meter, inout MetricText) -> Void
    ) {
        let entry = Entry(name: family.name) { text in
            var page = MetricText(name: family.name, labels: family.labels)
            page.head(help: family.help, kind: kind)
            for (values, meter) in family.all {
                page.values = values
                render(meter, &page)
            }
            text += page.text
        }
        entries.withLock { entries in
            precondition(!entries.contains { $0.name == entry.name }, "\(entry.name) twice")
            entries.append(entry)
        }
    }
}
