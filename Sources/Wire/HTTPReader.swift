/// Bytes → requests or one response, within limits; owns no socket.
///
///     receive ─▶ HTTPHeadScanner ─▶ HTTPPreCheck ─▶ http-parser ─▶ .request / .response
///                       ▲                                               │
///                       └──── .end ◀──── counted, HTTPChunks, until ◀───┘ .body …
///                                        close
///
/// A message is told as its head, then pieces of body, then `.end`; a request without a body
/// too. However the network cuts the bytes, the events are the same but for where pieces of body
/// are cut. `emit` answers whether to go on: after false the unread rest is kept inside, and
/// `resume` goes on. It must not touch the reader; a driver that has more to say pauses, speaks,
/// and resumes:
/// - after `.request`, when the body's limit depends on the route: `allowBody(atMost:)`;
/// - after `.request` with `expectsContinue`: `resume`, and if no `.failure` came, send
///   `HTTPWriter.goOn`;
/// - after `.end`, to answer before the next pipelined request is read;
/// - after `.end` of an upgrade: `takeRest` has what already belongs to the other protocol.
///
/// A paused driver stops reading its socket, so that the rest stays what one read brought.
/// After `.failure` nothing more comes. What the end of the connection means is the driver's to
/// say: it cuts a message off unless the reader `isIdle`, and ends a body that lasts until then.
package struct HTTPReader: Sendable, Equatable {
    /// Which side's messages arrive.
    package enum Role: Sendable, Equatable {
        /// A server reads requests until one says it is the last.
        case requests
        /// A client reads the answer to one GET; interim answers but 101 are skipped.
        case response
    }

    /// What was read; a body's bytes are valid during `emit` only.
    package enum Event {
        case request(HTTPRequest, HTTPFraming)
        case response(HTTPResponse, HTTPFraming)
        case body(UnsafeRawBufferPointer)
        case end
        /// The peer's fault: tell it `status` if it is a client, and close.
        case failure(HTTPFailure)
    }

    private enum Stage: Sendable, Equatable {
        case head
        /// The head was told; its body waits for its limit.
        case admitted(HTTPFraming.Body)
        case counted(left: Int)
        case chunked(HTTPChunks)
        case untilClose(left: Int)
        case ending
        case over
    }

    private let role: Role
    private let limits: HTTPLimits
    private var stage: Stage = .head
    private var scanner = HTTPHeadScanner()
    /// The bytes of a head that is not whole yet.
    private var head: [UInt8] = []
    private var rest: [UInt8] = []
    private var bodyBytesMax: Int
    private var keepsAlive = true
    private var interimResponses = 0

    /// A reader at the beginning of a connection.
    package init(role: Role, limits: HTTPLimits = HTTPLimits()) {
        self.role = role
        self.limits = limits
        bodyBytesMax = limits.bodyBytesMax
    }

    /// True between messages: a connection that ends here cuts nothing off.
    package var isIdle: Bool { stage == .over || (stage == .head && scanner.isIdle) }

    /// Sets the limit of the body whose head was just told.
    package mutating func allowBody(atMost bytes: Int) { bodyBytesMax = bytes }

    /// Reads what the socket brought.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer, _ emit: (Event) -> Bool) {
        guard !rest.isEmpty else { return run(bytes, emit) }
        rest.append(contentsOf: bytes)
        resume(emit)
    }

    /// Goes on after a pause.
    package mutating func resume(_ emit: (Event) -> Bool) {
        var kept: [UInt8] = []
        swap(&kept, &rest)
        kept.withUnsafeBytes { run($0, emit) }
    }

    /// Hands out the unread bytes, which belong to the protocol upgraded to.
    package mutating func takeRest() -> [UInt8] {
        stage = .over
        defer { rest = [] }
        return rest
    }

    private mutating func run(_ bytes: UnsafeRawBufferPointer, _ emit: (Event) -> Bool) {
        var unread = bytes
        do throws(HTTPFailure) {
            while try step(&unread, emit) {}
        } catch {
            stage = .over
            unread = UnsafeRawBufferPointer(rebasing: unread[..<0])
            _ = emit(.failure(role == .requests ? error : HTTPFailure(502, error.reason)))
        }
        if !unread.isEmpty { rest = Array(unread) }
    }

    /// Does what the stage and the bytes allow; false when they allow no more, or on a pause.
    private mutating func step(
        _ unread: inout UnsafeRawBufferPointer, _ emit: (Event) -> Bool
    ) throws(HTTPFailure) -> Bool {
        switch stage {
        case .ending:
            stage = role == .requests && keepsAlive ? .head : .over
            bodyBytesMax = limits.bodyBytesMax
            return emit(.end)
        case .admitted(let body):
            try begin(body)
            return true
        case .over:
            Self.drop(unread.count, of: &unread)
            return false
        case .head, .counted, .chunked, .untilClose:
            return unread.isEmpty ? false : try read(&unread, emit)
        }
    }

    /// Reads what the stage makes of the next bytes, of which there are some.
    private mutating func read(
        _ unread: inout UnsafeRawBufferPointer, _ emit: (Event) -> Bool
    ) throws(HTTPFailure) -> Bool {
        switch stage {
        case .head: return try readHead(&unread, emit)
        case .chunked(var chunks): return try readChunks(&chunks, &unread, emit)
        case .counted(let left):
            let piece = Self.drop(min(left, unread.count), of: &unread)
            stage = piece.count == left ? .ending : .counted(left: left - piece.count)
            return emit(.body(piece))
        case .untilClose(let left):
            guard left > 0 else { throw Self.bodyTooLarge }
            let piece = Self.drop(min(left, unread.count), of: &unread)
            stage = .untilClose(left: left - piece.count)
            return emit(.body(piece))
        case .admitted, .ending, .over: return false
        }
    }

    private mutating func readHead(
        _ unread: inout UnsafeRawBufferPointer, _ emit: (Event) -> Bool
    ) throws(HTTPFailure) -> Bool {
        var taken = 0
        var isWhole = false
        while taken < unread.count, !isWhole {
            isWhole = try scanner.take(unread[taken], limits)
            taken += 1
        }
        let piece = Self.drop(taken, of: &unread)
        guard isWhole else {
            head.append(contentsOf: piece)
            return true
        }
        defer {
            head = []
            scanner = HTTPHeadScanner()
        }
        guard !head.isEmpty else { return try tell(piece, emit) }
        var whole: [UInt8] = []
        swap(&whole, &head)
        whole.append(contentsOf: piece)
        return try whole.span.bytes.withUnsafeBytes { bytes throws(HTTPFailure) in
            try tell(bytes, emit)
        }
    }

    private mutating func tell(
        _ bytes: UnsafeRawBufferPointer, _ emit: (Event) -> Bool
    ) throws(HTTPFailure) -> Bool {
        let head = UnsafeRawBufferPointer(rebasing: bytes[scanner.leading...])
        guard role == .response else {
            let (request, framing) = try HTTPHead.request(head, limits)
            keepsAlive = framing.keepsAlive
            stage = .admitted(framing.body)
            return emit(.request(request, framing))
        }
        let (response, framing) = try HTTPHead.response(head, limits)
        guard response.status >= 200 || response.status == 101 else {
            interimResponses += 1
            guard interimResponses <= limits.interimResponsesMax else {
                throw HTTPFailure(502, "there were more interim responses than their limit")
            }
            return true
        }
        stage = .admitted(framing.body)
        return emit(.response(response, framing))
    }

    private mutating func begin(_ body: HTTPFraming.Body) throws(HTTPFailure) {
        switch body {
        case .none: stage = .ending
        case .counted(let count):
            guard count <= bodyBytesMax else { throw Self.bodyTooLarge }
            stage = .counted(left: count)
        case .chunked: stage = .chunked(HTTPChunks())
        case .untilClose: stage = .untilClose(left: bodyBytesMax)
        }
    }

    private mutating func readChunks(
        _ chunks: inout HTTPChunks, _ unread: inout UnsafeRawBufferPointer,
        _ emit: (Event) -> Bool
    ) throws(HTTPFailure) -> Bool {
        let outcome = try chunks.read(unread, bodyBytesMax: bodyBytesMax, limits)
        stage = .chunked(chunks)
        switch outcome {
        case .more:
            Self.drop(unread.count, of: &unread)
            return true
        case .piece(let range, let taken):
            let piece = UnsafeRawBufferPointer(rebasing: unread[range])
            Self.drop(taken, of: &unread)
            return emit(.body(piece))
        case .end(let taken):
            Self.drop(taken, of: &unread)
            stage = .ending
            return true
        }
    }

    private static let bodyTooLarge = HTTPFailure(413, "the body is larger than its limit")

    @discardableResult
    private static func drop(
        _ count: Int, of unread: inout UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        defer { unread = UnsafeRawBufferPointer(rebasing: unread[count...]) }
        return UnsafeRawBufferPointer(rebasing: unread[..<count])
    }
}
