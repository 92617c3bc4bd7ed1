import Testing

@testable import Simulators

private func ms(_ value: Int) -> Duration { .milliseconds(value) }
private func voice(_ length: Duration, of byte: UInt8 = 0x10) -> [UInt8] {
    [UInt8](repeating: byte, count: Int(length.microseconds / 125))
}

/// A caller, its clock, and what it did.
private struct Line20 {
    var caller: ScriptedCaller
    var now: Duration = .zero
    var actions: [(at: Duration, action: ScriptedCaller.Action)] = []

    init(_ change: (inout CallerScript) -> Void) {
        var script = CallerScript()
        change(&script)
        caller = ScriptedCaller(script, at: .zero)
    }

    mutating func pass(until end: Duration) {
        while let due = caller.deadline, due <= end {
            now = max(now, due)
            actions += caller.pass(to: now).map { (now, $0) }
        }
        now = end
        actions += caller.pass(to: now).map { (now, $0) }
    }

    mutating func order(_ order: StreamOrder) {
        actions += caller.take(order, at: now).map { (now, $0) }
    }

    var frames: [(at: Duration, first: UInt8, timestamp: Int)] {
        actions.compactMap { entry in
            guard case .media(let bytes, let timestamp) = entry.action else { return nil }
            return (entry.at, bytes[0], timestamp)
        }
    }

    var hungUpAt: Duration? {
        actions.first { if case .hangUp = $0.action { true } else { false } }?.at
    }
}

struct ScriptedCallerTests {
    @Test func `frames come every 20 ms on an absolute schedule, also when nobody looked`() {
        var line = Line20 { $0.hangUp = .never }
        line.pass(until: ms(60))
        line.now = ms(500)
        line.actions += line.caller.pass(to: ms(500)).map { (ms(500), $0) }
        #expect(line.frames.count == 26)
        #expect(line.frames.map(\.timestamp) == (0..<26).map { 120 + 20 * $0 })
        #expect(line.frames.prefix(4).map(\.at) == [.zero, ms(20), ms(40), ms(60)])
    }

    @Test func `the caller speaks when the agent has spoken and fallen silent`() {
        var line = Line20 {
            $0.turns = [.init(voice(ms(400)), cue: .afterAgent(quiet: ms(700)))]
            $0.hangUp = .never
        }
        line.pass(until: ms(1000))
        line.order(.media(voice(.seconds(1), of: 0x22)))
        line.pass(until: ms(4000))
        // Playing from 1020 to 2020, quiet noticed at the frame of 2020.
        let spoken = line.frames.filter { $0.first == 0x10 }
        #expect(spoken.first?.at == ms(2720) && spoken.count == 20)
        #expect(line.caller.measures.firstHeard == ms(1020))
        #expect(line.caller.measures.firstMedia == ms(1000))
    }

    @Test func `a turn gap runs from the caller's last byte to the agent's first`() {
        var line = Line20 {
            $0.turns = [.init(voice(ms(400)), cue: .at(ms(100)))]
            $0.hangUp = .whenDone(quiet: ms(500))
        }
        line.pass(until: ms(1290))
        line.order(.media(voice(ms(200))))
        line.pass(until: .seconds(5))
        #expect(line.caller.measures.turnGaps == [ms(800)])
        #expect(line.hungUpAt == ms(1500 + 500))
    }

    @Test func `talking over the agent measures how soon it is cleared`() {
        var line = Line20 {
            $0.turns = [.init(voice(.seconds(1)), cue: .overAgent(after: ms(500)))]
            $0.hangUp = .never
        }
        line.order(.media(voice(.seconds(5))))
        line.order(.mark("end"))
        line.pass(until: ms(900))
        line.order(.clear)
        line.pass(until: .seconds(3))
        #expect(line.caller.measures.bargeIns == 1)
        // On its way to the ear since 0, spoken over since 500 ms, cleared at 900 ms.
        #expect(line.caller.measures.clearReactions == [ms(400)])
        #expect(line.actions.contains { $0.at == ms(900) && $0.action == .send(.mark("end")) })
        // The frame that had just begun is played to its end.
        #expect(line.caller.playout.heard.runs.last?.end == ms(920))
    }

    @Test func `patience ends, keys are pressed and a rude caller just goes`() {
        var line = Line20 {
            $0.turns = [.init(voice(ms(200)), cue: .afterAgent(quiet: ms(700)))]
            $0.keys = [.init("5", at: ms(300)), .init("#", at: ms(310))]
            $0.patience = .seconds(2)
            $0.hangUp = .after(ms(2500))
            $0.isRude = true
        }
        line.pass(until: .seconds(5))
        let keys = line.actions.compactMap { entry -> Character? in
            guard case .send(.dtmf(let digit)) = entry.action else { return nil }
            return digit
        }
        #expect(keys == ["5", "#"])
        #expect(line.frames.first { $0.first == 0x10 }?.at == .seconds(2))
        #expect(line.actions.last?.action == .hangUp(rude: true))
        #expect(line.hungUpAt == ms(2500) && line.caller.deadline == nil)
    }

    @Test func `bad weather bunches frames and loses none`() throws {
        let weather = try LineConditions("delay=30ms,jitter=100ms")
        var line = Line20 {
            $0.hangUp = .never
            $0.weather = weather
            $0.seed = 4
        }
        line.pass(until: .seconds(3))
        let gaps = zip(line.frames, line.frames.dropFirst()).map { $1.at - $0.at }
        #expect(gaps.contains(.zero) && gaps.contains { $0 > ms(40) })
        #expect(line.frames.map(\.timestamp) == (0..<line.frames.count).map { 120 + 20 * $0 })
        #expect(line.frames.count > 140)
    }
}
