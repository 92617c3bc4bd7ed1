import Calls
import Front
import Instruments
import Simulators
import Twilio
import Wire

/// What one life of the daemon remembers, as `MemoryFiles` does: one writer, the newest memory
/// of a call counts, and what waits to be written dies with the process.
///
///     remember, forget ─▶ the newest per call ─▶ one after another, each takes its time ─▶ disk
///     take ─▶ one's own page, or that of a life that is over, which is one's own from then on
// Safe because a house lives on the one thread that runs its loop.
final class SimulatedMemories: MemoryKeeper, @unchecked Sendable {
    private enum Change { case remember(CallMemory), forget }

    private static let stallChance = 0.01

    private let life: Int
    private let house: SimulatedHouse
    private var disk: HouseDisk { house.disk }
    private var dice: SeededRandom
    private var changes: [CallSID: Change] = [:]
    private var order: [CallSID] = []
    private var waiters: [CallSID: [CheckedContinuation<Void, Never>]] = [:]
    private var timer: (any LoopTimer)?
    private var isWriting = false
    private var isDead = false

    init(_ house: SimulatedHouse, life: Int) {
        self.house = house
        self.life = life
        dice = house.dice.fork()
    }

    func remember(_ memory: CallMemory) { add(.remember(memory), memory.ticket.call) }

    func forget(_ call: CallSID) { add(.forget, call) }

    private func add(_ change: Change, _ call: CallSID) {
        guard !isDead, !house.plan.diskFails else { return }
        if changes.updateValue(change, forKey: call) == nil { order.append(call) }
        writeNext()
    }

    private func writeNext() {
        guard !isWriting, !order.isEmpty else { return }
        isWriting = true
        if timer == nil { timer = house.loop.makeTimer { [weak self] in self?.written() } }
        timer?.arm(at: house.loop.now + takes())
    }

    /// Without fsync a write is quick; a disk that others use stalls now and then.
    private func takes() -> Duration {
        guard dice.chance(Self.stallChance * (1 + house.plan.trouble)) else {
            return dice.duration(in: .zero...(.milliseconds(2)))
        }
        house.diary.saw("the disk stalled")
        return dice.milliseconds(50...500)
    }

    private func written() {
        isWriting = false
        guard !isDead, !order.isEmpty else { return }
        writeFirst()
        writeNext()
    }

    private func writeFirst() {
        let call = order.removeFirst()
        switch changes.removeValue(forKey: call) {
        case .remember(let memory): disk.pages[call] = HouseDisk.Page(owner: life, memory: memory)
        case .forget: if disk.pages[call]?.owner == life { disk.pages[call] = nil }
        case nil: break
        }
        for waiter in waiters.removeValue(forKey: call) ?? [] { waiter.resume() }
    }

    /// Returns when what was asked for a call so far is on the disk, or nobody will write it.
    func kept(_ call: CallSID) async {
        await withCheckedContinuation { waiter in
            guard !isDead, changes[call] != nil else { return waiter.resume() }
            waiters[call, default: []].append(waiter)
        }
    }

    /// Writes at once what waits to be written: the process ends in good order.
    func close() {
        isWriting = false
        timer?.disarm()
        while !order.isEmpty { writeFirst() }
    }

    /// The memory of a call whose process is gone.
    func take(_ call: CallSID) async -> CallMemory? {
        await house.loop.pause(for: dice.milliseconds(0...5))
        guard !isDead, !house.plan.diskFails, var page = disk.pages[call] else { return nil }
        page.owner = life
        disk.pages[call] = page
        do {
            return try CallMemory(JSON(parsing: page.memory.json.bytes))
        } catch {
            house.diary.violated("a memory cannot be read: \(error)", at: house.loop.now)
            return nil
        }
    }

    /// The process dies: answers the calls whose end, or newest memory, was not written.
    func die() -> (ends: Set<CallSID>, news: Set<CallSID>) {
        isDead = true
        timer?.disarm()
        timer = nil
        for waiter in waiters.values.joined() { waiter.resume() }
        waiters = [:]
        var lost = (ends: Set<CallSID>(), news: Set<CallSID>())
        for (call, change) in changes {
            if case .forget = change { lost.ends.insert(call) } else { lost.news.insert(call) }
        }
        return lost
    }

    /// Everything is over: what this life still keeps.
    var leftovers: Int {
        isDead ? 0 : changes.count + disk.pages.values.count { $0.owner == life }
    }
}

/// Keeps one life's promises of calls, as `PromiseFiles` does.
// Safe because a house lives on the one thread that runs its loop.
final class SimulatedPromises: PromiseKeeper, @unchecked Sendable {
    private unowned let house: SimulatedHouse
    private let life: Int

    init(_ house: SimulatedHouse, life: Int) {
        self.house = house
        self.life = life
    }

    /// A process that is no more writes nothing.
    private var isWriting: Bool { house.daemon.life == life && !house.plan.diskFails }

    func keep(_ record: OutboundRecord) {
        if isWriting { house.disk.promises[record.promise.session] = record.json }
    }

    func forget(session: String) {
        if isWriting { house.disk.promises[session] = nil }
    }

    /// No two instances live at a time here.
    func elsewhere(_ session: String) async -> OutboundRecord? { nil }

    func kept() async { await house.loop.pause(for: .milliseconds(1)) }
}
