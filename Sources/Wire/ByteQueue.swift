/// Bytes waiting in order, within a limit; holds no memory while it is empty.
///
/// Taking from the front moves an index. The room in front of it is used again when it is at
/// least as large as what waits, so a byte is moved at most once on average.
package struct ByteQueue: Sendable, Equatable {
    /// The most bytes that may wait.
    package let bytesMax: Int
    private var storage: [UInt8] = []
    private var start = 0

    package init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Bytes waiting.
    package var count: Int { storage.count - start }
    /// Whether nothing waits.
    package var isEmpty: Bool { storage.isEmpty }

    /// Adds bytes at the end: all of them, or none and false when they would pass the limit.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= bytesMax - count else { return false }
        if start > 0, start >= count {
            storage.removeSubrange(..<start)
            start = 0
        }
        storage.append(contentsOf: bytes)
        return true
    }

    /// Shows all waiting bytes in one piece; they may be changed in place.
    package mutating func withBytes<Result>(
        _ body: (UnsafeMutableRawBufferPointer) -> Result
    ) -> Result {
        let start = start
        return storage.withUnsafeMutableBytes {
            body(UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
        }
    }

    /// Takes bytes from the front; the memory goes with the last one.
    package mutating func removeFirst(_ bytes: Int) {
        precondition(bytes >= 0 && bytes <= count, "more bytes taken than wait")
        start += bytes
        if start == storage.count { removeAll() }
    }

    /// Forgets everything that waits and its memory.
    package mutating func removeAll() {
        storage = []
        start = 0
    }

    /// Equal when the same bytes wait under the same limit.
    package static func == (a: ByteQueue, b: ByteQueue) -> Bool {
        a.bytesMax == b.bytesMax && a.storage[a.start...] == b.storage[b.start...]
    }
}
