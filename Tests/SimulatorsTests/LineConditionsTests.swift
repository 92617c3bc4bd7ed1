import Testing

@testable import Simulators

struct LineConditionsTests {
    @Test func `conditions are read from text, and faults name the part`() throws {
        let read = try LineConditions("delay=40ms,jitter=1.5s,stalls=5,stall=2s,breaks-after=3m")
        var expected = LineConditions()
        expected.delay = .milliseconds(40)
        expected.jitter = .milliseconds(1500)
        expected.stallsPerThousand = 5
        expected.stall = .seconds(2)
        expected.breaksAfter = .seconds(180)
        #expect(read == expected)
        #expect(throws: LineConditionsError.unknown("rain")) { try LineConditions("rain=1s") }
        for text in ["delay", "delay=", "delay=x", "delay=-1s", "stalls=1001", "delay=nan"] {
            #expect(throws: LineConditionsError.malformed(text)) { try LineConditions(text) }
        }
    }

    @Test func `messages keep their order whatever the weather`() throws {
        for seed in UInt64(1)...20 {
            let weather = try LineConditions("delay=5ms,jitter=80ms,stalls=100")
            var line = Line(weather, seed: seed, since: .zero)
            let arrivals = (0..<200).compactMap { line.arrival(sentAt: .milliseconds($0 * 20)) }
            #expect(arrivals == arrivals.sorted(), "seed \(seed)")
            #expect(arrivals.count == 200)
        }
    }

    @Test func `a report shows percentiles as a table and as JSON`() {
        var report = LatencyReport()
        for value in 1...200 { report.add(.milliseconds(value), to: "answer") }
        var other = LatencyReport()
        other.add(.milliseconds(200), to: "clear")
        report.add(other)
        let lines = report.text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0] == "ms      count    p50    p90    p95    p99    max")
        #expect(lines[2] == "clear       1  200.0  200.0  200.0  200.0  200.0")
        #expect(report["answer"]?.count == 200 && report["nothing"] == nil)
        #expect(report.json["clear"]?["max"] == .number(200))
        #expect(LatencyReport.seconds(.milliseconds(1260)) == "1.3")
    }
}
