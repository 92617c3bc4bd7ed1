package import Instruments
package import Wire

/// One end of a WebSocket that exists in memory only, with weather on its line.
///
///     a.sendText ─▶ a's line (delay, jitter, silence) ─▶ b.arrived ─▶ b's handler
///                   arrivals wait in order, one timer for the next
///
/// Everything a `MessageSocket` promises holds: nothing is delivered before the handler is set,
/// messages arrive whole and in order, a paused reader fills its sender's queue, and `closed` is
/// the last word, once.
///
/// Both ends live on loops of one clock.
// Safe because every member is used on the owner's loop, and simulated loops share one thread.
package final class MemorySocket: MessageSocket, @unchecked Sendable {
    /// What the sockets' buffers on both sides take before a sender's own queue grows.
    package static let windowBytes = 64 * 1024
    /// How long a close waits for its answer, as Net's sockets do.
    package static let closeTimeout: Duration = .seconds(5)

    private var loop: any Loop
    private let queueBytesMax: Int
    private var line: Line
    // Held until the end, when nothing of ours is on its way any more.
    private var peer: MemorySocket?
    private var travelling: [(arrival: Duration, parcel: MemoryParcel)] = []
    private var inbox: [MemoryParcel] = []
    private var unreadBytes = 0
    private var wasAboveHalf = false
    private var alarm: (any LoopTimer)?
    private var farewell: (any LoopTimer)?
    private var weCloseWith: (code: UInt16, reason: String)?
    private var ending: SocketClosure?
    private var isOver: Bool { ending != nil }

    package private(set) var isOpen = true
    package private(set) var refusedMessages = 0
    package var isReadingPaused = false {
        didSet { if oldValue, !isReadingPaused { read() } }
    }
    package var handler: (any MessageSocketHandler)? {
        didSet {
            guard handler != nil else { return }
            loop.run { self.isOver ? self.sayClosed() : self.read() }
        }
    }

    private init(on loop: any Loop, line: Line, queueBytesMax: Int) {
        self.loop = loop
        self.line = line
        self.queueBytesMax = queueBytesMax
    }

    /// Two joined ends; `there` is the weather from `a` to `b`, `back` from `b` to `a`.
    package static func pair(
        on loop: any Loop, there: LineConditions = .perfect, back: LineConditions = .perfect,
        seed: UInt64 = 1, queueBytesMax: Int = 256 * 1024
    ) -> (a: MemorySocket, b: MemorySocket) {
        let now = loop.now
        let a = MemorySocket(
            on: loop, line: Line(there, seed: seed, since: now), queueBytesMax: queueBytesMax)
        let b = MemorySocket(
            on: loop, line: Line(back, seed: ~seed, since: now), queueBytesMax: queueBytesMax)
        a.peer = b
        b.peer = a
        for end in [a, b] {
            end.alarm = loop.makeTimer { [weak end] in end?.deliver() }
            end.armForBreak()
        }
        return (a, b)
    }

    package var queuedBytes: Int { max(0, unreadBytes - Self.windowBytes) }

    @discardableResult
    package func sendText(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool {
        send(.text(MemoryParcel.bytes(capacity, write)))
    }

    @discardableResult
    package func sendBinary(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool {
        send(.binary(MemoryParcel.bytes(capacity, write)))
    }

    package func ping() {
        guard isOpen else { return }
        post(.ping(sentAt: loop.now))
    }

    package func close(code: UInt16, reason: String) {
        guard isOpen else { return }
        isOpen = false
        weCloseWith = (code, reason)
        post(.close(code: code, reason: reason))
        let timer = loop.makeTimer { [weak self] in
            self?.end(
                SocketClosure(
                    cause: .us, code: WebSocketClose.lost, reason: "no answer to our close"))
        }
        timer.arm(at: loop.now + Self.closeTimeout)
        farewell = timer
    }

    package func abort() {
        guard !isOver else { return }
        isOpen = false
        post(.broken)
        loop.run {
            self.end(SocketClosure(cause: .us, code: WebSocketClose.lost, reason: "dropped"))
        }
    }

    /// Both ends forget each other, their handlers and what is on the way, and nobody is told:
    /// whoever looked at them is gone. Ends that never heard of an end would keep each other.
    package func letGo() {
        let other = peer
        for end in [self, other].compactMap(\.self) {
            end.alarm?.disarm()
            end.farewell?.disarm()
            end.travelling = []
            end.inbox = []
            end.handler = nil
            end.peer = nil
        }
    }

    package func move(
        to loop: any SerialExecutor, then arrived: @escaping @Sendable (any MessageSocket) -> Void
    ) {
        guard let loop = loop as? any Loop else {
            preconditionFailure("a socket moves to loops only")
        }
        handler = nil
        self.loop = loop
        alarm = loop.makeTimer { [weak self] in self?.deliver() }
        armForBreak()
        if let next = travelling.first { alarm?.arm(at: next.arrival) }
        loop.run { arrived(self) }
    }

    private func send(_ parcel: MemoryParcel) -> Bool {
        guard isOpen else { return false }
        guard queuedBytes + parcel.size <= queueBytesMax else {
            refusedMessages += 1
            return false
        }
        unreadBytes += parcel.size
        wasAboveHalf = wasAboveHalf || queuedBytes > queueBytesMax / 2
        post(parcel)
        return true
    }

    /// Puts a parcel on the line; what the weather swallows never arrives.
    private func post(_ parcel: MemoryParcel) {
        guard let arrival = line.arrival(sentAt: loop.now) else { return }
        travelling.append((arrival, parcel))
        if travelling.count == 1 { armForNext() }
    }

    private func armForNext() {
        let next = travelling.first?.arrival
        guard let moment = [next, line.breaksAt].compactMap({ $0 }).min() else { return }
        alarm?.arm(at: moment)
    }

    private func armForBreak() {
        if let moment = line.breaksAt { alarm?.arm(at: moment) }
    }

    /// Hands the other end everything that has arrived by now.
    private func deliver() {
        if let moment = line.breaksAt, loop.now >= moment { return breakDown() }
        while let first = travelling.first, first.arrival <= loop.now {
            travelling.removeFirst()
            peer?.arrived(first.parcel)
        }
        armForNext()
        letGoWhenDone()
    }

    private func breakDown() {
        let closure = SocketClosure(
            cause: .lost, code: WebSocketClose.lost, reason: "the line broke")
        travelling = []
        peer?.travelling = []
        peer?.end(closure)
        end(closure)
    }

    private func arrived(_ parcel: MemoryParcel) {
        guard !isOver else { return }
        inbox.append(parcel)
        read()
    }

    /// Delivers the inbox as far as the owner wants to read.
    private func read() {
        while !isReadingPaused, !isOver, let handler, !inbox.isEmpty {
            let parcel = inbox.removeFirst()
            peer?.wasRead(parcel.size)
            switch parcel {
            // What arrives after our own close is of no interest to anybody.
            case .text(let bytes):
                if isOpen { handler.received(text: bytes.span.bytes, on: self) }
            case .binary(let bytes):
                if isOpen { handler.received(binary: bytes.span.bytes, on: self) }
            case .ping(let sent): if isOpen { post(.pong(sentAt: sent)) }
            case .pong(let sent): handler.ponged(roundTrip: loop.now - sent, on: self)
            case .close(let code, let reason): agree(code: code, reason: reason)
            case .closeEcho: endAsWeAsked()
            case .broken:
                end(SocketClosure(cause: .lost, code: WebSocketClose.lost, reason: "reset by peer"))
            }
        }
    }

    private func wasRead(_ bytes: Int) {
        unreadBytes -= bytes
        guard wasAboveHalf, queuedBytes <= queueBytesMax / 2 else { return }
        wasAboveHalf = false
        loop.run { [weak self] in
            guard let self, self.isOpen else { return }
            self.handler?.drained(self)
        }
    }

    /// The peer closed first, or at the same time as we did.
    private func agree(code: UInt16, reason: String) {
        if weCloseWith != nil { return endAsWeAsked() }
        isOpen = false
        post(.closeEcho)
        end(SocketClosure(cause: .peer, code: code, reason: reason))
    }

    private func endAsWeAsked() {
        guard let asked = weCloseWith else { return }
        end(SocketClosure(cause: .us, code: asked.code, reason: asked.reason))
    }

    private func end(_ closure: SocketClosure) {
        guard !isOver else { return }
        ending = closure
        isOpen = false
        farewell?.disarm()
        inbox = []
        letGoWhenDone()
        sayClosed()
    }

    /// The last word; it waits for a handler if there is none yet.
    private func sayClosed() {
        guard let ending, let told = handler else { return }
        handler = nil
        told.closed(ending, on: self)
    }

    /// Frees the other end once nothing of ours is on its way any more.
    private func letGoWhenDone() {
        guard isOver, travelling.isEmpty else { return }
        alarm?.disarm()
        peer = nil
    }
}
