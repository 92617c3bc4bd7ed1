package import Calls
package import Instruments
package import Twilio
import Wire

/// Memories of living calls in files, written by a thread of its own.
///
///     remember, forget ─▶ the newest per call ─┐
///     take ───────────────────────────────────┴▶ thread ─▶ ProcessFolder
///
/// Nothing of it happens on a loop, and nothing waits for it but a call that is to be revived. A
/// disk that fails or is full costs calls what they would need after a crash, and nothing else.
/// Operators know it as the journal: JOURNAL_DIRECTORY, `journal.failed`; those names stay.
package final class MemoryFiles: MemoryKeeper {
    /// Calls whose newest memory waits to be written: twice as many as can be configured to live.
    private static let waitingMax = 20_000

    private enum Change { case remember(CallMemory), forget }

    private struct Wish {
        var call: CallSID
        var answer: CheckedContinuation<CallMemory?, Never>
    }

    private enum Work {
        case take(Wish)
        case change(CallSID, Change)
        case end
    }

    private struct State {
        var changes: [CallSID: Change] = [:]
        /// Whose change was asked for first.
        var order: [CallSID] = []
        var wishes: [Wish] = []
        /// Whose change is being written.
        var underWay: CallSID?
        var waiters: [CallSID: [CheckedContinuation<Void, Never>]] = [:]
        var isClosing = false

        /// What was asked for a call is not on its way to the disk any more.
        mutating func settled() -> [CheckedContinuation<Void, Never>] {
            guard let call = underWay else { return [] }
            underWay = nil
            return changes[call] == nil ? waiters.removeValue(forKey: call) ?? [] : []
        }
    }

    private let state = Monitor(State())
    private let log: Log
    private let thread: FileThread
    /// What callers and agents said is kept too.
    private let keepsWords: Bool

    /// Where memories lie, how long a memory is worth keeping, and whether words are kept.
    package struct Plan: Sendable, Equatable {
        package var folder: String
        package var ageMax: Duration
        package var keepsWords: Bool

        package init(folder: String, ageMax: Duration, keepsWords: Bool = true) {
            self.folder = folder
            self.ageMax = ageMax
            self.keepsWords = keepsWords
        }
    }

    /// Opens the folder; one that cannot be used is told, and costs what it would have kept.
    package init(_ plan: Plan, log: Log, board: MetricBoard, time: any TimeSource) {
        self.log = log
        keepsWords = plan.keepsWords
        let failures = board.counter(
            "callbridge_journal_failures_total",
            "Memories of calls that could not be kept; those calls would not survive a crash.")
        thread = FileThread(of: "Calls", failures: failures, log: log)
        let isRunning = thread.start("memories") { [self] in
            do throws(FolderFault) {
                let folder = try ProcessFolder(in: plan.folder)
                tellOpened(
                    folder.sweep(olderThan: plan.ageMax, now: time.wallClock), plan.folder)
                while work(in: folder) {}
            } catch {
                thread.fail(error.reason)
                while workWithoutFolder() {}
            }
        }
        if !isRunning { state.withLock { $0.isClosing = true } }
    }

    /// Memories, and promises, that could not be kept.
    var failures: Counter { thread.failures }

    package func remember(_ memory: CallMemory) { add(.remember(memory), memory.ticket.call) }

    package func forget(_ call: CallSID) { add(.forget, call) }

    private func add(_ change: Change, _ call: CallSID) {
        let isKept = state.withLock { state in
            guard !state.isClosing, state.order.count < Self.waitingMax else { return false }
            if state.changes.updateValue(change, forKey: call) == nil { state.order.append(call) }
            return true
        }
        if isKept { state.ring() } else { thread.failures.add() }
    }

    /// Returns when what was asked for a call so far is done, or cannot be.
    package func kept(_ call: CallSID) async {
        await withCheckedContinuation { waiter in
            let isUnderWay = state.withLock { state in
                guard state.changes[call] != nil || state.underWay == call else { return false }
                state.waiters[call, default: []].append(waiter)
                return true
            }
            if !isUnderWay { waiter.resume() }
        }
    }

    /// The memory of a call whose process is gone; from now on it is this process's.
    package func take(_ call: CallSID) async -> CallMemory? {
        await withCheckedContinuation { answer in
            let isAsked = state.withLock { state in
                guard !state.isClosing else { return false }
                state.wishes.append(Wish(call: call, answer: answer))
                return true
            }
            if isAsked { state.ring() } else { answer.resume(returning: nil) }
        }
    }

    /// Writes what is still to be written and ends; blocks until it has.
    package func close() {
        state.withLock { $0.isClosing = true }
        state.ring()
        thread.waitForEnd()
    }

    private func next() -> Work {
        for waiter in state.withLock({ $0.settled() }) { waiter.resume() }
        return state.wait { state in
            if !state.wishes.isEmpty { return Work.take(state.wishes.removeFirst()) }
            if let call = state.order.first, let change = state.changes.removeValue(forKey: call) {
                state.order.removeFirst()
                state.underWay = call
                return .change(call, change)
            }
            return state.isClosing ? .end : nil
        } ?? .end
    }

    /// Does one thing; false when there is nothing more to do.
    private func work(in folder: borrowing ProcessFolder) -> Bool {
        do throws(FolderFault) {
            switch next() {
            case .take(let wish): wish.answer.resume(returning: read(folder.take(wish.call.text)))
            case .change(let call, .forget): try folder.remove(call.text)
            case .change(let call, .remember(let memory)):
                try folder.write(bytes(of: memory), for: call.text)
            case .end: return false
            }
        } catch {
            thread.fail(error.reason)
        }
        return true
    }

    private func workWithoutFolder() -> Bool {
        switch next() {
        case .take(let wish): wish.answer.resume(returning: nil)
        case .change(_, .forget): break
        case .change(_, .remember): thread.failures.add()
        case .end: return false
        }
        return true
    }

    private func bytes(of memory: CallMemory) -> [UInt8] {
        guard !keepsWords else { return memory.json.bytes }
        var memory = memory
        memory.conversation = Conversation()
        memory.tools = []
        return memory.json.bytes
    }

    private func read(_ bytes: [UInt8]?) -> CallMemory? {
        guard let bytes else { return nil }
        do {
            return try CallMemory(JSON(parsing: bytes))
        } catch {
            log.warning(
                "journal.unreadable", "A call's memory cannot be used", .reason("\(error)"),
                LogField("BYTES", "\(bytes.count)"))
            return nil
        }
    }

    private func tellOpened(_ found: Int, _ folder: String) {
        log.write(
            found > 0 ? .notice : .info, "journal.opened",
            "Living calls are remembered",
            [LogField("FOUND", "\(found)"), LogField("FOLDER", folder)])
    }
}
