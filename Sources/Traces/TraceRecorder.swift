package import Calls
package import Instruments
import Synchronization
package import Wire

/// Where the bytes of one trace go.
package protocol TraceSink: Sendable {
    /// Takes bytes to be kept, without waiting; false when there is no room and they are lost.
    func take(_ bytes: [UInt8]) -> Bool
    /// There will be no more.
    func finish()
}

/// Records one call: hands every input and decision to a sink, in order.
///
/// It lives as long as its call and the call's sockets; with the last of them the trace ends. A
/// trace that grew too large, or whose bytes found no room, stops there and says so.
package final class TraceRecorder: CallRecorder {
    /// About an hour of a call that is spoken in both ways without a pause.
    package static let bytesMax = 64 * 1024 * 1024
    /// Handed on at once: a second or so of a call.
    private static let pieceBytes = 32 * 1024

    private struct State {
        var writer = TraceWriter()
        var handedOn = 0
        var isWhole = true
        var sockets = 0
        var timers = 0
    }

    private let sink: any TraceSink
    private let bytesMax: Int
    private let state: Mutex<State>

    /// A recorder of the call that this ticket and these limits make, or this memory.
    package init(
        _ ticket: CallTicket, _ limits: CallLimits, recalling memory: CallMemory? = nil,
        to sink: any TraceSink, bytesMax: Int = TraceRecorder.bytesMax
    ) {
        self.sink = sink
        self.bytesMax = bytesMax
        state = Mutex(State())
        write(.header(TraceHeader(ticket: ticket, limits: limits, memory: memory).json))
    }

    deinit {
        let isWhole = state.withLock { $0.isWhole }
        let last: [UInt8] = state.withLock { state in
            state.writer.append(.end(isComplete: isWhole))
            return state.writer.take()
        }
        _ = sink.take(last)
        sink.finish()
    }

    func write(_ record: TraceRecord) {
        state.withLock { state in
            guard state.isWhole else { return }
            state.writer.append(record)
            guard state.writer.bytes.count >= Self.pieceBytes else { return }
            let piece = state.writer.take()
            state.handedOn += piece.count
            state.isWhole = sink.take(piece) && state.handedOn < bytesMax
        }
    }

    package func clock(of loop: any Loop) -> any CallClock { TracedClock(loop, self) }

    package func listening(to socket: any MessageSocket) -> any MessageSocket {
        let number = state.withLock { state in
            state.sockets += 1
            return state.sockets
        }
        return TracedSocket(socket, number, self)
    }

    fileprivate func nextTimer() -> Int {
        state.withLock { state in
            state.timers += 1
            return state.timers
        }
    }

    package func heard(_ input: CallInput) { write(.input(input.json)) }

    package func answered(_ step: NextStep) { write(.answered(step.traced)) }

    package func told(_ event: CallEvent) { write(.told(event.traced)) }
}

/// The loop's clock and timers, every look and every alarm written down.
private struct TracedClock: CallClock {
    private let loop: any Loop
    private let recorder: TraceRecorder

    init(_ loop: any Loop, _ recorder: TraceRecorder) {
        self.loop = loop
        self.recorder = recorder
    }

    var now: Duration {
        let time = loop.now
        recorder.write(.now(time))
        return time
    }

    var wallClock: Duration {
        let time = loop.time.wallClock
        recorder.write(.wallClock(time))
        return time
    }

    func makeTimer(_ fire: @escaping @Sendable () -> Void) -> any LoopTimer {
        let number = recorder.nextTimer()
        return loop.makeTimer { [recorder] in
            recorder.write(.fired(timer: number))
            fire()
        }
    }
}
