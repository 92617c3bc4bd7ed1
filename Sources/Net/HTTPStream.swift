import Wire

/// The writer of one streamed body: holds its author back while too much is unsent.
final class HTTPStream: HTTPBodyWriter, @unchecked Sendable {
    // Safe because every member is used on the connection's loop only; `write` goes there first.
    private var connection: HTTPServerConnection?
    private let loop: EventLoop
    private let isChunked: Bool
    private var waiting: [CheckedContinuation<Bool, Never>] = []

    init(_ connection: HTTPServerConnection, isChunked: Bool) {
        self.connection = connection
        loop = connection.connection.loop
        self.isChunked = isChunked
    }

    func write(_ bytes: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            if loop.isCurrent {
                write(bytes, continuation)
            } else {
                loop.run { [self] in write(bytes, continuation) }
            }
        }
    }

    /// Sends a piece without waiting.
    func send(_ bytes: [UInt8]) {
        connection?.write(isChunked ? HTTPWriter.chunk(bytes) : bytes)
    }

    private func write(_ bytes: [UInt8], _ continuation: CheckedContinuation<Bool, Never>) {
        guard let owner = connection else { return continuation.resume(returning: false) }
        send(bytes)
        guard owner.connection.queue.count > owner.limits.streamQueueBytesMax else {
            return continuation.resume(returning: true)
        }
        waiting.append(continuation)
    }

    /// The queue has room again.
    func drained() { release(true) }

    /// No more is sent.
    func end() {
        connection = nil
        release(false)
    }

    private func release(_ isOpen: Bool) {
        let all = waiting
        waiting = []
        for each in all { each.resume(returning: isOpen) }
    }
}
