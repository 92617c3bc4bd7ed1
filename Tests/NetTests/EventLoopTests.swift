import Instruments
import TestThreads
import Testing

@testable import Net

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct EventLoopTests {
    /// An actor that lives on a loop.
    actor Resident {
        nonisolated let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor {
            loop.asUnownedSerialExecutor()
        }
        private var count = 0

        init(_ loop: EventLoop) { self.loop = loop }

        func add() -> Int {
            loop.checkIsolated()
            count += 1
            return count
        }

        nonisolated func addFromCallback() -> Int { assumeIsolated { $0.add() } }
    }

    @Test func `an actor on a loop runs on its thread`() async {
        let pool = LoopPool(count: 1)
        let resident = Resident(pool.loops[0])
        #expect(await resident.add() == 1)
        #expect(!pool.loops[0].isCurrent)
        pool.stop()
    }

    @Test func `a callback of the loop enters its actors without waiting`() async {
        let pool = LoopPool(count: 1)
        let loop = pool.loops[0]
        let resident = Resident(loop)
        // A timer's callback is no job: only the loop itself can vouch for the isolation.
        let count = await withCheckedContinuation { continuation in
            loop.run {
                let box = TimerBox()
                box.timer = loop.makeTimer {
                    continuation.resume(returning: resident.addFromCallback())
                    box.timer = nil
                }
                box.timer?.arm(at: loop.now)
            }
        }
        #expect(count == 1)
        pool.stop()
    }

    @Test func `a task that prefers the loop stays on it`() async {
        let pool = LoopPool(count: 1)
        let loop = pool.loops[0]
        let resident = Resident(loop)
        let wasThere = await Task(executorPreference: loop.tasks) {
            let before = loop.isCurrent
            _ = await resident.add()
            let between = loop.isCurrent
            await Task.yield()
            return [before, between, loop.isCurrent]
        }.value
        #expect(wasThere == [true, true, true])
        pool.stop()
    }

    @Test func `timers fire in order and never early`() async {
        let pool = LoopPool(count: 1)
        let loop = pool.loops[0]
        let order = await withCheckedContinuation { continuation in
            loop.run {
                let heard = TimerBox()
                let start = loop.now
                for delay in [7, 3, 5] {
                    let deadline = start + .milliseconds(delay) + .microseconds(300)
                    let timer = loop.makeTimer {
                        if loop.now < deadline { heard.order.append(-1) }
                        heard.order.append(delay)
                        if heard.order.count == 3 {
                            continuation.resume(returning: heard.order)
                            heard.kept = []
                        }
                    }
                    timer.arm(at: deadline)
                    heard.kept.append(timer)
                }
            }
        }
        #expect(order == [3, 5, 7])
        pool.stop()
    }

    @Test func `a timer that was disarmed or replaced does not fire`() async {
        let pool = LoopPool(count: 1)
        let loop = pool.loops[0]
        let fired = await withCheckedContinuation { continuation in
            loop.run {
                let box = TimerBox()
                let disarmed = loop.makeTimer { box.order.append(1) }
                let replaced = loop.makeTimer { box.order.append(2) }
                let dropped = loop.makeTimer { box.order.append(3) }
                disarmed.arm(at: loop.now)
                disarmed.disarm()
                replaced.arm(at: loop.now)
                replaced.arm(at: loop.now + .seconds(3600))
                dropped.arm(at: loop.now)
                box.kept = [disarmed, replaced]
                box.timer = loop.makeTimer {
                    continuation.resume(returning: box.order)
                    box.kept = []
                    box.timer = nil
                }
                box.timer?.arm(at: loop.now + .milliseconds(3))
            }
        }
        #expect(fired == [])
        pool.stop()
    }

    @Test func `of timers due at once, the first may call off and put off the others`() async {
        let pool = LoopPool(count: 1)
        let loop = pool.loops[0]
        let box = TimerBox()
        let fired = await withCheckedContinuation { continuation in
            loop.run {
                let due = loop.now
                let first = loop.makeTimer {
                    box.order.append(1)
                    box.kept[1].disarm()
                    box.kept[2].arm(at: loop.now + .seconds(3600))
                    box.kept[3].disarm()
                    box.kept[3].arm(at: due)
                    box.kept[4] = box.kept[0]
                }
                let others = (2...5).map { number in
                    loop.makeTimer {
                        box.order.append(number)
                        // Whoever rings too comes before this, however late the loop is.
                        box.timer?.arm(at: loop.now + .milliseconds(20))
                    }
                }
                box.kept = [first] + others
                for timer in box.kept { timer.arm(at: due) }
                box.timer = loop.makeTimer {
                    continuation.resume(returning: box.order)
                    box.kept = []
                    box.timer = nil
                }
            }
        }
        // Put off to a time that is past, the fourth rings in its turn; the fifth is no more.
        #expect(fired == [1, 4])
        pool.stop()
    }

    @Test func `work that makes work does not keep timers waiting`() async {
        let pool = LoopPool(count: 1)
        let loop = pool.loops[0]
        let box = TimerBox()
        await withCheckedContinuation { continuation in
            @Sendable func again() {
                if !box.isDone { loop.run { again() } }
            }
            loop.run {
                box.timer = loop.makeTimer {
                    box.isDone = true
                    box.timer = nil
                    continuation.resume()
                }
                box.timer?.arm(at: loop.now + .milliseconds(2))
                again()
            }
        }
        pool.stop()
    }

    @Test func `a task on a loop that ended is not left hanging`() async {
        let pool = LoopPool(count: 1)
        let resident = Resident(pool.loops[0])
        pool.stop()
        #expect(await resident.add() == 1)
        #expect(await resident.add() == 2)
        #expect(await onLoop(pool.loops[0]) { pool.loops[0].isCurrent })
    }

    /// The last jobs run where they are enqueued, while whoever waited for them goes on elsewhere
    /// and lets go of everything. Wrong memory is seen by the sanitizers at least.
    @Test func `a loop may be let go while its last job is hardly over`() async {
        for _ in 0..<300 {
            let pool = LoopPool(count: 1)
            let resident = Resident(pool.loops[0])
            pool.stop()
            #expect(await resident.add() == 1)
        }
    }

    @Test func `a pool that stops leaves nothing behind`() async {
        weak var loop: EventLoop?
        weak var kept: TimerBox?
        do {
            let pool = LoopPool(count: 2)
            let box = TimerBox()
            loop = pool.loops[0]
            kept = box
            await onLoop(pool.loops[0]) { [first = pool.loops[0]] in
                box.timer = first.makeTimer { [box] in box.order.append(1) }
                box.timer?.arm(at: first.now + .seconds(3600))
                box.timer = nil
            }
            pool.stop()
        }
        #expect(loop == nil)
        #expect(kept == nil)
    }

    @Test func `a new call takes the quietest loop`() {
        let pool = LoopPool(count: 3)
        pool.loops[0].addLoad(2)
        pool.loops[1].addLoad(1)
        #expect(pool.quietest() === pool.loops[2])
        pool.loops[2].addLoad(3)
        #expect(pool.quietest() === pool.loops[1])
        pool.loops[1].addLoad(-1)
        #expect(pool.loops[1].load == 0)
        pool.stop()
    }

    @Test func `equally quiet loops take turns`() {
        let pool = LoopPool(count: 2)
        let chosen = (0..<4).map { _ in ObjectIdentifier(pool.quietest()) }
        #expect(Set(chosen).count == 2)
        #expect(chosen[0] == chosen[2] && chosen[1] == chosen[3])
        pool.stop()
    }
}

/// What callbacks of one loop share.
final class TimerBox: @unchecked Sendable {
    // Safe because each test touches it on its one loop only.
    var timer: (any LoopTimer)?
    var kept: [any LoopTimer] = []
    var order: [Int] = []
    var isDone = false
}
