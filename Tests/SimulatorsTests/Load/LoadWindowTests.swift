import Testing

@testable import Simulators

struct LoadWindowTests {
    @Test func `a window opens, closes and falls silent, each once and in this order`() {
        var window = LoadWindow()
        #expect(window.step(at: 0) == .none)
        window.begin(at: 100, settling: 10, measured: 20)
        #expect(window.step(at: 109) == .none)
        #expect(window.step(at: 110) == .open)
        #expect(window.step(at: 110) == .none)
        #expect(window.step(at: 130) == .close)
        #expect(window.step(at: 1_000_000_129) == .none)
        #expect(window.step(at: 1_000_000_130) == .silence)
        #expect(window.step(at: .max) == .none)
    }

    @Test func `who comes late takes every step all the same`() {
        var window = LoadWindow()
        window.begin(at: 0, settling: 10, measured: 20)
        let steps = (0..<4).map { _ in window.step(at: 9_000_000_000) }
        #expect(steps == [.open, .close, .silence, .none])
    }
}
