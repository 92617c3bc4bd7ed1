/// A message that does not lie in one piece: fragmented (RFC 6455 section 5.4), or in a frame
/// that is still arriving.
struct WebSocketAssembly: Sendable, Equatable {
    /// Room taken when a message begins, at most: enough for a usual one, and little for a peer
    /// that declares much and sends nothing.
    private static let firstRoomBytes = 4_096

    /// Text or binary while a message is unfinished.
    private(set) var opcode: WebSocketOpcode?
    /// The message so far, unmasked.
    private(set) var bytes: [UInt8] = []
    private var text = UTF8Check()

    /// Checks that a data frame may begin here and fits into what is left of the limit.
    func admit(_ header: WebSocketHeader, bytesMax: Int) throws(WebSocketViolation) {
        if header.opcode == .continuation {
            guard opcode != nil else { throw .nothingToContinue }
        } else {
            guard opcode == nil else { throw .messageUnfinished }
        }
        guard header.length <= bytesMax - bytes.count else { throw .messageTooBig }
    }

    /// Adds the next piece of a frame that was admitted.
    mutating func append(
        _ piece: UnsafeRawBufferPointer, of frame: WebSocketMachine.Frame
    ) throws(WebSocketViolation) {
        if frame.read == 0, frame.header.opcode != .continuation {
            opcode = frame.header.opcode
            bytes.reserveCapacity(min(frame.header.length, Self.firstRoomBytes))
        }
        if opcode == .text, !text.accept(piece) { throw .invalidText }
        bytes.append(contentsOf: piece)
    }

    /// Hands the finished message out and is empty again.
    mutating func take() throws(WebSocketViolation) -> (opcode: WebSocketOpcode, bytes: [UInt8]) {
        guard text.isComplete else { throw .invalidText }
        let whole = (opcode ?? .binary, bytes)
        self = WebSocketAssembly()
        return whole
    }
}
