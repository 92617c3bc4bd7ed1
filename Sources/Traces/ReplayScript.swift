import Calls
import Instruments
import Synchronization
import Wire

/// A trace being held against a call that runs again: a cursor, and the first difference.
final class ReplayScript: Sendable {
    private struct State {
        var place = 1
        var difference: String?
        var isComplete = true
        var began: Duration?
        var now: Duration = .zero
        var wallClock: Duration = .zero
        var timers: [@Sendable () -> Void] = []
        var sockets: [ReplaySocket] = []
        /// The replay is over; what still happens is of no interest.
        var isOver = false
    }

    private let records: [TraceRecord]
    /// What is sent need not be the same, byte for byte; what it is now is noted.
    private let rewritesBytes: Bool
    private let sent = Mutex<[Int: TraceRecord]>([:])
    private let state = Mutex(State())

    init(_ records: [TraceRecord], rewritesBytes: Bool) {
        self.records = records
        self.rewritesBytes = rewritesBytes
    }

    /// The trace with what was sent this time.
    var rewritten: [TraceRecord] {
        let sent = sent.withLock { $0 }
        return records.enumerated().map { sent[$0.offset] ?? $0.element }
    }

    var outcome: TraceReplay.Outcome {
        state.withLock {
            TraceReplay.Outcome(
                difference: $0.difference, records: $0.place, isComplete: $0.isComplete)
        }
    }

    /// What comes in next; nil at the end, or when the call did not do what it once did.
    func nextCause() -> TraceRecord? {
        state.withLock { state in
            guard state.difference == nil, state.place < records.count else {
                state.isOver = true
                return nil
            }
            let record = records[state.place]
            if case .end(let isComplete) = record {
                state.isComplete = isComplete
                state.isOver = true
                return nil
            }
            guard record.isCause else {
                differ(&state, "the call did not go on with \(record.words)")
                return nil
            }
            state.place += 1
            return record
        }
    }

    /// The call did this; the trace must say so.
    func follow(_ record: TraceRecord) {
        state.withLock { state in
            guard !state.isOver, state.difference == nil else { return }
            guard state.place < records.count else { return }
            // A trace that broke off says nothing of what follows.
            if case .end(isComplete: false) = records[state.place] { return }
            guard records[state.place] == record else {
                return differ(
                    &state, "the call did \(record.words), once \(records[state.place].words)")
            }
            state.place += 1
        }
    }

    func now() -> Duration {
        state.withLock { state in
            if !state.isOver, state.difference == nil, state.place < records.count,
                case .now(let time) = records[state.place]
            {
                state.place += 1
                state.now = time
                if state.began == nil { state.began = time }
            } else if !state.isOver, !isCutOff(state) {
                differ(&state, "the call looked at the clock, once \(here(state))")
            }
            return state.now
        }
    }

    func wallClock() -> Duration {
        state.withLock { state in
            if !state.isOver, state.difference == nil, state.place < records.count,
                case .wallClock(let time) = records[state.place]
            {
                state.place += 1
                state.wallClock = time
            } else if !state.isOver, !isCutOff(state) {
                differ(&state, "the call looked at the wall clock, once \(here(state))")
            }
            return state.wallClock
        }
    }

    /// Whether the socket took the message, as it once did.
    func send(_ socket: Int, _ message: [UInt8]) -> Bool {
        let hash = TraceRecord.hash(message)
        let once: TraceRecord? = state.withLock {
            $0.place < records.count ? records[$0.place] : nil
        }
        var isTaken = true
        if case .sent(_, let was, _, _) = once { isTaken = was }
        let now = TraceRecord.sent(
            socket: socket, isTaken: isTaken, bytes: message.count, hash: hash)
        guard rewritesBytes, case .sent(socket, _, _, _)? = once else {
            follow(now)
            return isTaken
        }
        let place = state.withLock { state in
            state.place += 1
            return state.place - 1
        }
        sent.withLock { $0[place] = now }
        return isTaken
    }

    func differ(_ what: String) { state.withLock { differ(&$0, what) } }

    private func differ(_ state: inout State, _ what: String) {
        guard state.difference == nil else { return }
        let time = state.began.map { state.now - $0 } ?? .zero
        state.difference = "record \(state.place), \(time) into the call: \(what)"
    }

    private func isCutOff(_ state: State) -> Bool {
        guard state.place < records.count else { return true }
        return records[state.place] == .end(isComplete: false)
    }

    private func here(_ state: State) -> String {
        state.place < records.count ? records[state.place].words : "was over"
    }

    func addTimer(_ fire: @escaping @Sendable () -> Void) {
        state.withLock { $0.timers.append(fire) }
    }

    func fire(_ timer: Int) {
        let fire: (@Sendable () -> Void)? = state.withLock {
            timer > 0 && timer <= $0.timers.count ? $0.timers[timer - 1] : nil
        }
        guard let fire else { return differ("there is no timer \(timer)") }
        fire()
    }

    /// The replay is over: sockets know the script, and it them.
    func letGo() {
        state.withLock { state in
            for socket in state.sockets { socket.handler = nil }
            state.sockets = []
            state.timers = []
        }
    }

    func newSocket() -> ReplaySocket {
        state.withLock { state in
            let socket = ReplaySocket(state.sockets.count + 1, self)
            state.sockets.append(socket)
            return socket
        }
    }

    func socket(_ number: Int) -> ReplaySocket? {
        let socket = state.withLock {
            number > 0 && number <= $0.sockets.count ? $0.sockets[number - 1] : nil
        }
        if socket == nil { differ("there is no socket \(number)") }
        return socket
    }
}

extension TraceRecord {
    /// For people: what happened, without what was in it.
    var words: String {
        switch self {
        case .header: "its ticket"
        case .now: "a look at the clock"
        case .wallClock: "a look at the wall clock"
        case .fired(let timer): "timer \(timer)"
        case .input(let json): "\(json["do"]?.text ?? "an unknown input")"
        case .text(let socket, let bytes): "a text of \(bytes.count) bytes from socket \(socket)"
        case .binary(let socket, _): "a binary message from socket \(socket)"
        case .ponged(let socket, _): "a pong from socket \(socket)"
        case .drained(let socket): "room on socket \(socket)"
        case .closed(let socket, let closure): "the end of socket \(socket), \(closure.code)"
        case .sent(let socket, let isTaken, let bytes, let hash):
            "\(bytes) bytes (\(String(hash, radix: 16))) to socket \(socket)"
                + (isTaken ? "" : ", refused")
        case .pinged(let socket): "a ping to socket \(socket)"
        case .closing(let socket, let code, _): "a close of socket \(socket) with \(code)"
        case .aborted(let socket): "a drop of socket \(socket)"
        case .paused(let socket, let isPaused): "reading of socket \(socket): \(!isPaused)"
        case .answered(let step): "the answer \(step)"
        case .told(let event): "the event \(event)"
        case .end: "the end"
        }
    }
}
