import Front
import Instruments
import Wire

/// Promised calls in files, as `MemoryFiles` has living ones, by a thread of its own.
///
///     keep, forget ─▶ in their order ─┐
///     left, kept, elsewhere ──────────┴▶ thread ─▶ ProcessFolder
///
/// A file's name is that of the order, so that another instance finds it.
/// A promise outlives its call by a day: the same order asked for again is the same order. A disk that
/// fails costs what it would have kept, and nothing else.
final class PromiseFiles: PromiseKeeper {
    /// Changes that wait to be written: as many as there are promises, twice over.
    private static let waitingMax = 20_000

    private enum Work {
        case keep(OutboundRecord)
        case forget(String)
        case left(CheckedContinuation<[OutboundRecord], Never>)
        case kept(CheckedContinuation<Void, Never>)
        case elsewhere(String, CheckedContinuation<OutboundRecord?, Never>)
    }

    private struct State {
        var work: [Work] = []
        var isClosing = false
    }

    private let state = Monitor(State())
    private let log: Log
    private let thread: FileThread

    /// Opens it beside the memories of living calls; failures are counted together.
    init(_ plan: MemoryFiles.Plan, failures: Counter, log: Log, time: any TimeSource) {
        self.log = log
        thread = FileThread(of: "Promised calls", failures: failures, log: log)
        let isRunning = thread.start("promises") { [self] in
            do throws(FolderFault) {
                // Under a name that `MemoryFiles` passes over.
                let folder = try ProcessFolder(in: plan.folder + "/.promised")
                _ = folder.sweep(olderThan: OutboundRecord.ageMax, now: time.wallClock)
                while let work = next() { for each in work { self.work(each, in: folder) } }
            } catch {
                thread.fail(error.reason)
                while let work = next() { for each in work { refuse(each) } }
            }
        }
        if !isRunning { state.withLock { $0.isClosing = true } }
    }

    func keep(_ record: OutboundRecord) { add(.keep(record)) }

    func forget(session: String) { add(.forget(session)) }

    func elsewhere(_ session: String) async -> OutboundRecord? {
        await withCheckedContinuation { add(.elsewhere(session, $0)) }
    }

    func kept() async {
        await withCheckedContinuation { add(.kept($0)) }
    }

    /// What processes that are gone have promised; from now on it is this process's.
    func left() async -> [OutboundRecord] {
        await withCheckedContinuation { add(.left($0)) }
    }

    /// Writes what is still to be written and ends; blocks until it has.
    func close() {
        state.withLock { $0.isClosing = true }
        state.ring()
        thread.waitForEnd()
    }

    private func add(_ work: Work) {
        let isTaken = state.withLock { state in
            guard !state.isClosing, state.work.count < Self.waitingMax else { return false }
            state.work.append(work)
            return true
        }
        if isTaken { state.ring() } else { refuse(work) }
    }

    /// What is to be done now; nil when nothing more will be.
    private func next() -> [Work]? {
        let work = state.wait { state -> [Work]? in
            guard !state.work.isEmpty || state.isClosing else { return nil }
            defer { state.work = [] }
            return state.work
        }
        return work.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func work(_ work: Work, in folder: borrowing ProcessFolder) {
        do throws(FolderFault) {
            switch work {
            case .keep(let record):
                try folder.write(record.json.bytes, for: Self.name(record.promise.session))
            case .forget(let session): try folder.remove(Self.name(session))
            case .left(let answer): answer.resume(returning: folder.takeAll().compactMap(read))
            case .kept(let answer): answer.resume()
            case .elsewhere(let session, let answer):
                answer.resume(returning: folder.look(for: Self.name(session)).flatMap(read))
            }
        } catch {
            thread.fail(error.reason)
        }
    }

    private func refuse(_ work: Work) {
        switch work {
        case .keep: thread.failures.add()
        case .forget: break
        case .left(let answer): answer.resume(returning: [])
        case .kept(let answer): answer.resume()
        case .elsewhere(_, let answer): answer.resume(returning: nil)
        }
    }

    /// Clients choose what orders are called; a digest is a file's name whatever they choose.
    private static func name(_ session: String) -> String { Digest(.sha256, of: session).hex }

    private func read(_ bytes: [UInt8]) -> OutboundRecord? {
        if let record = (try? JSON(parsing: bytes)).flatMap({ OutboundRecord($0) }) {
            return record
        }
        log.warning(
            "journal.unreadable", "A promised call's record cannot be used",
            LogField("BYTES", "\(bytes.count)"))
        return nil
    }
}
