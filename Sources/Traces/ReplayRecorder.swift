import Calls
import Instruments
import Synchronization
import Wire

/// Stands where the recorder stood and holds what the call does against the trace.
struct ReplayRecorder: CallRecorder {
    let script: ReplayScript

    init(_ script: ReplayScript) { self.script = script }

    func clock(of loop: any Loop) -> any CallClock { ReplayClock(script: script) }
    func listening(to socket: any MessageSocket) -> any MessageSocket { socket }
    func heard(_ input: CallInput) {}
    func answered(_ step: NextStep) { script.follow(.answered(step.traced)) }
    func told(_ event: CallEvent) { script.follow(.told(event.traced)) }
}

/// Shows the times that the call saw, in their order.
private struct ReplayClock: CallClock {
    let script: ReplayScript

    var now: Duration { script.now() }
    var wallClock: Duration { script.wallClock() }

    func makeTimer(_ fire: @escaping @Sendable () -> Void) -> any LoopTimer {
        script.addTimer(fire)
        return ReplayTimer()
    }
}

/// Fires when the trace says so, whatever it was set to.
private final class ReplayTimer: LoopTimer {
    func arm(at deadline: Duration) {}
    func disarm() {}
}

/// A socket whose other end is the trace.
final class ReplaySocket: MessageSocket {
    private struct State {
        var listener: (any MessageSocketHandler)?
        var isOpen = true
        var isPaused = false
    }

    private let number: Int
    private let script: ReplayScript
    private let state = Mutex(State())

    init(_ number: Int, _ script: ReplayScript) {
        self.number = number
        self.script = script
    }

    var handler: (any MessageSocketHandler)? {
        get { state.withLock { $0.listener } }
        set { state.withLock { $0.listener = newValue } }
    }
    var isOpen: Bool { state.withLock { $0.isOpen } }
    var queuedBytes: Int { 0 }
    var refusedMessages: Int { 0 }
    var isReadingPaused: Bool {
        get { state.withLock { $0.isPaused } }
        set {
            state.withLock { $0.isPaused = newValue }
            script.follow(.paused(socket: number, newValue))
        }
    }

    @discardableResult
    func sendText(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool {
        script.send(number, MessageWriter.written(capacity, write))
    }

    @discardableResult
    func sendBinary(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool {
        script.send(number, MessageWriter.written(capacity, write))
    }

    func ping() { script.follow(.pinged(socket: number)) }

    func close(code: UInt16, reason: String) {
        state.withLock { $0.isOpen = false }
        script.follow(.closing(socket: number, code: code, reason: reason))
    }

    func abort() {
        state.withLock { $0.isOpen = false }
        script.follow(.aborted(socket: number))
    }

    func move(
        to loop: any SerialExecutor, then arrived: @escaping @Sendable (any MessageSocket) -> Void
    ) {
        arrived(self)
    }

    func hear(text: [UInt8]) { handler?.received(text: text.span.bytes, on: self) }
    func hear(binary: [UInt8]) { handler?.received(binary: binary.span.bytes, on: self) }
    func ponged(_ trip: Duration) { handler?.ponged(roundTrip: trip, on: self) }
    func drained() { handler?.drained(self) }

    func closed(_ closure: SocketClosure) {
        let told = handler
        handler = nil
        told?.closed(closure, on: self)
    }
}
