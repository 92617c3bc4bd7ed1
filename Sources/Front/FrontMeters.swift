package import Instruments

/// What the front counts.
package struct FrontMeters: Sendable {
    package let requests: MetricFamily<Counter>
    package let problems: MetricFamily<Counter>
    package let webhooksRepeated: Counter
    package let callsRefused: MetricFamily<Counter>
    package let streamsRefused: MetricFamily<Counter>
    package let streamSurprises: Counter
    package let streamEvents: MetricFamily<Counter>
    package let outboundCalls: MetricFamily<Counter>

    /// Declares them on the board.
    package init(_ board: MetricBoard) {
        requests = board.counters(
            "callbridge_http_requests_total", "Requests answered.", labels: ["status"])
        // There from the start: an alert cannot see the growth of what begins at one.
        requests["500"].add(0)
        problems = board.counters(
            "callbridge_http_problems_total", "Requests answered with an error, by route.",
            labels: ["route", "status"], seriesMax: 256)
        webhooksRepeated = board.counter(
            "callbridge_webhooks_repeated_total", "Voice webhooks repeated for a living call.")
        callsRefused = board.counters(
            "callbridge_calls_refused_total", "Calls not let in.", labels: ["cause"])
        // As above.
        for cause in ["full", "draining"] { callsRefused[cause].add(0) }
        streamsRefused = board.counters(
            "callbridge_streams_refused_total", "Streams refused before they reached their call.",
            labels: ["cause"])
        streamSurprises = board.counter(
            "callbridge_stream_surprises_total",
            "Events nobody knows that a stream told before it started.")
        streamEvents = board.counters(
            "callbridge_stream_events_total", "Stream callbacks from Twilio.", labels: ["event"])
        outboundCalls = board.counters(
            "callbridge_outbound_calls_total",
            "Calls that we placed, and how those ended that no agent spoke with.",
            labels: ["outcome"])
    }
}
