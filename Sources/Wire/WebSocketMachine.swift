/// Reads what a WebSocket peer sends (RFC 6455 sections 5 to 8, no extensions).
///
///     bytes ──► WholeText ─ the usual message ────────────────────────────────────► event
///       │   └─ all else
///       ├─────► WebSocketHeader ──► unmask ──┬─ whole frame, whole message ───────► event
///       │         (cutHeader)                ├─ data: WebSocketAssembly ─ last ───► event
///       └─ while stopped ──► held            └─ control: control ─ complete ──────► event
///
/// A message that lies whole in the bytes received is handed out where it lies, and nothing is
/// allocated. Only what is incomplete is copied: a cut header, a cut control frame, the message
/// so far; each is released when its end has come. A message's size is checked against the limit
/// when a header declares it, before any of its bytes is kept.
///
/// The machine reacts to bytes in their order alone, never to where they were cut. After `close`
/// or `violation` it takes no interest in what follows (section 5.5.1).
package struct WebSocketMachine: Sendable, Equatable {
    /// Which side we are.
    package enum Role: Sendable, Equatable {
        /// We mask; the server must not.
        case client
        /// The client must mask; we do not.
        case server
    }

    /// The frame whose payload is arriving.
    struct Frame: Sendable, Equatable {
        var header: WebSocketHeader
        /// Bytes of its payload that came so far.
        var read = 0
    }

    /// The most bytes kept while stopped: sixteen reads of a loop's 64 KiB. An owner that stops
    /// reading when `emit` did never comes near.
    package static let heldBytesMax = 1 << 20

    /// Which side we are.
    package let role: Role
    /// The largest message taken, in bytes of payload; a larger one ends with 1009.
    package let messageBytesMax: Int
    /// Whether `emit` returned false and `resume` has not been called since.
    package internal(set) var isStopped = false
    /// Whether the last event was told.
    package internal(set) var hasEnded = false

    /// The beginning of a header whose end has not come.
    var cutHeader: [UInt8] = []
    var frame: Frame?
    /// The beginning of a control frame's payload, unmasked.
    var control: [UInt8] = []
    var message = WebSocketAssembly()
    /// Bytes as they came, to be read by `resume`.
    var held = ByteQueue(bytesMax: heldBytesMax)

    package init(role: Role, messageBytesMax: Int) {
        self.role = role
        self.messageBytesMax = messageBytesMax
    }

    /// Reads bytes, unmasking them in place, and emits their events in order. When `emit` returns
    /// false the event it saw was the last for now: the rest is kept until `resume`. `emit` must
    /// not touch the machine.
    package mutating func receive(
        _ bytes: UnsafeMutableRawBufferPointer, _ emit: (WebSocketEvent) -> Bool
    ) {
        guard !hasEnded else { return }
        var used = 0
        if !isStopped { used = read(bytes, emit) }
        guard isStopped, !hasEnded, used < bytes.count else { return }
        guard held.append(UnsafeRawBufferPointer(rebasing: bytes[used...])) else {
            return end(.tooMuchHeld, emit)
        }
    }

    /// Goes on after a stop, first with the bytes kept.
    package mutating func resume(_ emit: (WebSocketEvent) -> Bool) {
        isStopped = false
        guard !held.isEmpty else { return }
        var waiting = held
        held.removeAll()
        let used = waiting.withBytes { read($0, emit) }
        guard isStopped, !hasEnded else { return }
        waiting.removeFirst(used)
        held = waiting
    }

    /// Reads until the bytes are used up, the machine is stopped or has ended.
    @inline(__always)
    private mutating func read(
        _ bytes: UnsafeMutableRawBufferPointer, _ emit: (WebSocketEvent) -> Bool
    ) -> Int {
        var used = 0
        do throws(WebSocketViolation) {
            while used < bytes.count, !isStopped, !hasEnded {
                let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[used...])
                if let text = wholeText(rest) {
                    used += text.size
                    guard text.open() else { throw .invalidText }
                    tell(.text(UnsafeRawBufferPointer(text.payload)), emit)
                    continue
                }
                if frame == nil {
                    used += try readHeader(UnsafeRawBufferPointer(rebasing: bytes[used...]))
                }
                // A header that ends what came waits for its payload, which may then lie whole.
                guard let frame, used < bytes.count || frame.header.length == 0 else { break }
                used += try readPayload(
                    of: frame, UnsafeMutableRawBufferPointer(rebasing: bytes[used...]), emit)
            }
        } catch {
            end(error, emit)
        }
        return used
    }

    /// The message that begins here, when nothing came before that it could belong to.
    @inline(__always)
    private func wholeText(_ bytes: UnsafeMutableRawBufferPointer) -> WholeText? {
        guard frame == nil, cutHeader.isEmpty, message.opcode == nil else { return nil }
        return WholeText(bytes, by: role, bytesMax: messageBytesMax)
    }

    /// Begins the next frame, or keeps what came of its header. Returns the bytes used.
    private mutating func readHeader(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WebSocketViolation) -> Int {
        guard cutHeader.isEmpty else { return try readCutHeader(bytes) }
        guard let header = try WebSocketHeader.read(bytes, by: role) else {
            cutHeader = Array(bytes)
            return bytes.count
        }
        try begin(header)
        return header.size
    }

    /// Completes a cut header byte by byte, to use none of what follows it.
    private mutating func readCutHeader(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WebSocketViolation) -> Int {
        for (index, byte) in bytes.enumerated() {
            cutHeader.append(byte)
            let header = try cutHeader.withUnsafeBufferPointer { bytes throws(WebSocketViolation) in
                try WebSocketHeader.read(UnsafeRawBufferPointer(bytes), by: role)
            }
            guard let header else { continue }
            cutHeader = []
            try begin(header)
            return index + 1
        }
        return bytes.count
    }

    private mutating func begin(_ header: WebSocketHeader) throws(WebSocketViolation) {
        if !header.opcode.isControl { try message.admit(header, bytesMax: messageBytesMax) }
        frame = Frame(header: header)
    }

    /// Takes what is there of a frame's payload. Returns the bytes used.
    private mutating func readPayload(
        of frame: Frame, _ bytes: UnsafeMutableRawBufferPointer,
        _ emit: (WebSocketEvent) -> Bool
    ) throws(WebSocketViolation) -> Int {
        let header = frame.header
        let count = min(header.length - frame.read, bytes.count)
        let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
        if let mask = header.mask { WebSocketMask.apply(mask, offset: frame.read, to: piece) }
        let isComplete = frame.read + count == header.length
        let isWhole = isComplete && frame.read == 0
        self.frame = isComplete ? nil : Frame(header: header, read: frame.read + count)

        let payload = UnsafeRawBufferPointer(piece)
        if header.opcode.isControl {
            try readControl(header.opcode, payload, isWhole, isComplete, emit)
        } else if isWhole, header.isFinal, header.opcode != .continuation {
            if header.opcode == .text, !UTF8Check.isValid(payload) { throw .invalidText }
            tell(header.opcode == .text ? .text(payload) : .binary(payload), emit)
        } else {
            try message.append(payload, of: frame)
            guard isComplete, header.isFinal else { return count }
            let (opcode, whole) = try message.take()
            whole.withUnsafeBytes { tell(opcode == .text ? .text($0) : .binary($0), emit) }
        }
        return count
    }

    private mutating func readControl(
        _ opcode: WebSocketOpcode, _ piece: UnsafeRawBufferPointer, _ isWhole: Bool,
        _ isComplete: Bool, _ emit: (WebSocketEvent) -> Bool
    ) throws(WebSocketViolation) {
        guard !isWhole else { return try tellControl(opcode, piece, emit) }
        control.append(contentsOf: piece)
        guard isComplete else { return }
        let whole = control
        control = []
        try whole.withUnsafeBufferPointer { bytes throws(WebSocketViolation) in
            try tellControl(opcode, UnsafeRawBufferPointer(bytes), emit)
        }
    }

    private mutating func tellControl(
        _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer,
        _ emit: (WebSocketEvent) -> Bool
    ) throws(WebSocketViolation) {
        switch opcode {
        case .ping: tell(.ping(payload), emit)
        case .pong: tell(.pong(payload), emit)
        default:
            let (code, reason) = try WebSocketClose.read(payload)
            forget()
            tell(.close(code: code, reason: reason), emit)
        }
    }

    @inline(__always)
    private mutating func tell(_ event: WebSocketEvent, _ emit: (WebSocketEvent) -> Bool) {
        if !emit(event) { isStopped = true }
    }

    private mutating func end(_ violation: WebSocketViolation, _ emit: (WebSocketEvent) -> Bool) {
        forget()
        tell(.violation(code: violation.code, reason: violation.reason), emit)
    }

    /// Ends, and releases whatever was incomplete.
    private mutating func forget() {
        hasEnded = true
        cutHeader = []
        frame = nil
        control = []
        message = WebSocketAssembly()
        held.removeAll()
    }
}
