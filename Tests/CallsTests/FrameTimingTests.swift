import Testing

@testable import Calls

@Suite struct FrameTimingTests {
    /// Frames that arrive so many milliseconds after their time stamps.
    private func timing(_ transits: [Int], chunks: [Int64]? = nil) -> FrameTiming {
        var timing = FrameTiming()
        for (index, transit) in transits.enumerated() {
            let stamp = Duration.milliseconds(155 + 20 * index)
            timing.hear(
                chunk: chunks?[index] ?? Int64(index + 1), timestamp: stamp,
                at: stamp + .milliseconds(transit))
        }
        return timing
    }

    @Test func `an even line has no jitter`() {
        let timing = timing([Int](repeating: 500, count: 100))
        #expect(timing.jitter == .zero)
        #expect(timing.jitterP95 == .zero)
        #expect(timing.late == 0 && timing.lost == 0)
        #expect(FrameTiming().jitter == nil)
    }

    @Test func `jitter is RFC 3550's`() {
        // Each transit differs from the last by 16 ms: J nears 16.
        let even = timing((0..<200).map { $0 % 2 == 0 ? 500 : 516 })
        let jitter = (even.jitter ?? .zero).seconds * 1_000
        #expect(abs(jitter - 16) < 0.2, "\(jitter)")
        // One change of 16 ms, the first: J = 16 / 16.
        #expect(timing([500, 516]).jitter == .milliseconds(1))
    }

    @Test func `its 95th percentile is that of the changes`() {
        var transits = [Int](repeating: 500, count: 1_000)
        for index in stride(from: 0, to: 1_000, by: 10) { transits[index] = 540 }
        let p95 = (timing(transits).jitterP95 ?? .zero).seconds * 1_000
        #expect(abs(p95 - 40) < 3, "\(p95)")
    }

    @Test func `a frame is late beyond three frames`() {
        #expect(timing([500, 560, 500]).late == 0)
        #expect(timing([500, 561, 500, 900]).late == 2)
    }

    @Test func `clocks that drift apart make no frame late`() {
        let transits = (0..<180_000).map { 500 + $0 / 2_500 }
        #expect(timing(transits).late == 0)
    }

    @Test func `gaps in the numbers are lost frames, disorder and nonsense are none`() {
        #expect(timing([1, 1, 1], chunks: [1, 2, 5]).lost == 2)
        #expect(timing([1, 1, 1], chunks: [3, 2, 1]).lost == 0)
        #expect(timing([1, 1, 1], chunks: [1, .max, -7]).lost == 0)
        #expect(timing([1, 1], chunks: [0, 0]).lost == 0)
    }

    @Test func `another stream begins anew`() {
        var timing = timing([500, 500])
        timing.restart()
        timing.hear(chunk: 900, timestamp: .zero, at: .seconds(90))
        #expect(timing.lost == 0 && timing.late == 0 && timing.jitter == .zero)
    }
}
