import Testing

@testable import Instruments

@Suite struct MetricsTests {
    @Test func `the page is what Prometheus reads`() {
        let board = MetricBoard()
        let calls = board.counter("calls_total", "Calls begun.")
        let active = board.gauges("calls_active", "Calls now.", labels: ["agent"])
        let ends = board.counters("ends_total", "Ends.", labels: ["reason", "owner"])
        board.gauge("share", "A share.") { 0.25 }
        board.gauge("unknown", "Nothing to show.") { nil }
        calls.add()
        calls.add(2)
        active["clara"].set(7)
        active["clara"].set(5)
        ends["hung_up", "caller"].add()
        ends["failed", "agent"].add(4)
        #expect(
            board.render() == """
                # HELP calls_total Calls begun.
                # TYPE calls_total counter
                calls_total 3
                # HELP calls_active Calls now.
                # TYPE calls_active gauge
                calls_active{agent="clara"} 5
                # HELP ends_total Ends.
                # TYPE ends_total counter
                ends_total{reason="failed",owner="agent"} 4
                ends_total{reason="hung_up",owner="caller"} 1
                # HELP share A share.
                # TYPE share gauge
                share 0.25
                # HELP unknown Nothing to show.
                # TYPE unknown gauge

                """)
    }

    @Test(arguments: [
        (Duration.milliseconds(9_223_372_036_854), 9_223_372_036_854_000_000),
        (.milliseconds(9_223_372_036_855), .max), (.seconds(9_223_372_037), .max),
        (.milliseconds(-9_223_372_036_855), .min), (.seconds(-9_223_372_037), .min),
        (.nanoseconds(-1_500), -1_500),
    ])
    func `beyond 292 years a duration has as many nanoseconds as fit`(
        duration: Duration, nanoseconds: Int
    ) {
        #expect(duration.wholeNanoseconds == nanoseconds)
    }

    @Test func `a histogram is cumulative and in seconds`() {
        let board = MetricBoard()
        let gap = board.histogram(
            "gap_seconds", "Gaps.", bounds: [.milliseconds(1), .milliseconds(100), .seconds(5)])
        for gapLength in [Duration.microseconds(500), .milliseconds(1), .milliseconds(2)] {
            gap.record(gapLength)
        }
        gap.record(.seconds(60))
        #expect(
            board.render() == """
                # HELP gap_seconds Gaps.
                # TYPE gap_seconds histogram
                gap_seconds_bucket{le="0.001"} 2
                gap_seconds_bucket{le="0.1"} 3
                gap_seconds_bucket{le="5"} 3
                gap_seconds_bucket{le="+Inf"} 4
                gap_seconds_sum 60.0035
                gap_seconds_count 4

                """)
    }

    @Test func `a histogram of small units shows its own`() {
        let board = MetricBoard()
        let scores = board.histograms("mos", "Scores.", labels: ["side"]) {
            Histogram([2_500, 4_000], unitsPerOne: 1_000)
        }
        scores["caller"].record(4_321)
        #expect(board.render().contains("mos_bucket{side=\"caller\",le=\"2.5\"} 0\n"))
        #expect(board.render().contains("mos_sum{side=\"caller\"} 4.321\n"))
    }

    @Test func `help and label values are escaped`() {
        let board = MetricBoard()
        let odd = board.counters("odd_total", "a\\b\nc \"d\"", labels: ["v"])
        odd["x\"y\\z\nw"].add()
        #expect(
            board.render() == "# HELP odd_total a\\\\b\\nc \"d\"\n# TYPE odd_total counter\n"
                + "odd_total{v=\"x\\\"y\\\\z\\nw\"} 1\n")
    }

    @Test func `past the limit of series all others share one`() {
        let board = MetricBoard()
        let family = board.counters("peers_total", "Peers.", labels: ["peer"], seriesMax: 4)
        for peer in 0..<10 { family["p\(peer)"].add() }
        let lines = board.render().split(separator: "\n").dropFirst(2)
        #expect(
            lines == [
                "peers_total{peer=\"other\"} 7", "peers_total{peer=\"p0\"} 1",
                "peers_total{peer=\"p1\"} 1", "peers_total{peer=\"p2\"} 1",
            ])
        #expect(family["p0"] === family["p0"])
        #expect(family["p8"] === family["other"])
    }

    @Test func `names are Prometheus' names`() {
        #expect(MetricName.isValid("calls:rate_5m") && MetricName.isValid("_x"))
        #expect(!MetricName.isValid("") && !MetricName.isValid("5m") && !MetricName.isValid("a-b"))
        #expect(MetricName.isValidLabel("agent_id") && !MetricName.isValidLabel("a:b"))
        #expect(!MetricName.isValidLabel("le") && !MetricName.isValidLabel("__name__"))
    }

    @Test func `counting from many threads loses nothing`() {
        let counter = Counter()
        let histogram = Histogram([10, 20])
        let threads = (0..<4).compactMap { _ in
            OwnThread("counter") {
                for value in 0..<1_000 {
                    counter.add()
                    histogram.record(value % 30)
                }
            }
        }
        threads.forEach { $0.join() }
        #expect(counter.value == threads.count * 1_000)
        #expect(histogram.counts.reduce(0, +) == threads.count * 1_000)
    }

    @Test func `the process shows itself`() throws {
        let board = MetricBoard()
        ProcessMeters.enter(on: board)
        let page = board.render()
        for name in ["process_resident_memory_bytes", "process_open_fds", "process_max_fds"] {
            let sample = try #require(
                page.split(separator: "\n").first { $0.hasPrefix(name + " ") })
            let value = try #require(Double(sample.dropFirst(name.count + 1)))
            #expect(value >= 1)
        }
        #expect(page.contains("# TYPE process_cpu_seconds_total counter\n"))
    }

    @Test(arguments: [
        (0.1, "0.1"), (3, "3"), (-2.5, "-2.5"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
        (.nan, "NaN"),
    ])
    func `numbers are written as Prometheus reads them`(value: Double, text: String) {
        #expect(MetricText.number(value) == text)
    }
}
