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

    @Test func `percentiles are nearest ranks`() {
        var report = LatencyReport()
        for value in 1...200 { report.add(.milliseconds(value), to: "answer") }
        #expect(report["answer"]?.percentile(50) == .milliseconds(100))
        #expect(report["answer"]?.percentile(99) == .milliseconds(198))
        #expect(report["answer"]?.percentile(100) == .milliseconds(200))
        #expect(report["answer"]?.percentile(0) == .milliseconds(1))
        #expect(report["nothing"] == nil)
        #expect(
            report.text == """
                ms      count    p50    p90    p95    p99    max
                answer    200  100.0  180.0  190.0  198.0  200.0
                """)
    }
}
