import Instruments
import Synchronization
import Testing

@testable import Simulators

/// Words written down by closures, in order.
private final class Notes: Sendable {
    private let words = Mutex<[String]>([])
    var all: [String] { words.withLock { $0 } }
    func add(_ word: String) { words.withLock { $0.append(word) } }
}

struct SimulatedLoopTests {
    @Test func `time stands still until the loop runs and jumps from alarm to alarm`() {
        let loop = SimulatedLoop(order: .asAsked)
        let notes = Notes()
        let late = loop.makeTimer { notes.add("late at \(loop.now)") }
        let early = loop.makeTimer { notes.add("early at \(loop.now)") }
        late.arm(at: .seconds(90))
        early.arm(at: .seconds(2))
        #expect(loop.now == .zero)
        loop.run(for: .seconds(60))
        #expect(notes.all == ["early at 2.0 seconds"])
        #expect(loop.now == .seconds(60))
        loop.run(for: .seconds(60))
        #expect(notes.all.count == 2)
    }

    @Test func `an alarm armed again or disarmed fires no earlier arming`() {
        let loop = SimulatedLoop(order: .asAsked)
        let notes = Notes()
        let timer = loop.makeTimer { notes.add("\(loop.now)") }
        timer.arm(at: .seconds(1))
        timer.arm(at: .seconds(3))
        let other = loop.makeTimer { notes.add("never") }
        other.arm(at: .seconds(2))
        other.disarm()
        // Disarmed in the very moment it is due, by another alarm.
        let victim = loop.makeTimer { notes.add("never") }
        let killer = loop.makeTimer { victim.disarm() }
        killer.arm(at: .seconds(4))
        victim.arm(at: .seconds(4))
        loop.run(for: .seconds(10))
        #expect(notes.all == ["3.0 seconds"])
    }

    @Test func `the same seed gives the same order, and seeds differ`() {
        func course(_ seed: UInt64) -> [String] {
            let loop = SimulatedLoop(order: .drawn(SeededRandom(seed: seed)))
            let notes = Notes()
            for index in 0..<20 { loop.run { notes.add("\(index)") } }
            loop.settle()
            return notes.all
        }
        #expect(course(7) == course(7))
        #expect(course(7) != course(8))
        #expect(course(7).sorted() == (0..<20).map(String.init).sorted())
    }

    @Test func `tasks and actors run on it, and know that they do`() {
        let loop = SimulatedLoop(order: .drawn(SeededRandom(seed: 3)))
        let notes = Notes()
        let counter = Counter(on: loop)
        for _ in 0..<5 {
            Task(executorPreference: loop.tasks) {
                #expect(loop.isCurrent)
                await counter.count()
                notes.add("\(await counter.total)")
            }
        }
        #expect(loop.run(until: .seconds(1)) { notes.all.count == 5 })
        #expect(notes.all.sorted().last == "5")
        #expect(!loop.isCurrent)
    }
}

private actor Counter {
    private let loop: SimulatedLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    var total = 0
    init(on loop: SimulatedLoop) { self.loop = loop }
    func count() {
        loop.assumeCurrent()
        total += 1
    }
}

extension SimulatedLoop {
    fileprivate func assumeCurrent() { #expect(isCurrent) }
}
