/// µ-law bytes waiting in order: a ring that grows up to its limit and lets its memory go when
/// it has been emptied after a burst.
package struct AudioQueue: ~Copyable {
    /// Kept between bursts: 320 ms, so that a steady trickle never allocates.
    private static let restingBytes = 2_560

    private var storage: UnsafeMutableRawBufferPointer
    private var head = 0
    /// Bytes waiting.
    package private(set) var count = 0
    /// How many bytes may wait.
    package let bytesMax: Int

    package init(bytesMax: Int) {
        self.bytesMax = bytesMax
        storage = .allocate(byteCount: Self.restingBytes, alignment: 16)
    }

    deinit { storage.deallocate() }

    /// Appends bytes; answers how many found no room.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        let taken = min(bytes.count, bytesMax - count)
        if count + taken > storage.count { grow(to: count + taken) }
        let tail = (head + count) % storage.count
        let first = min(taken, storage.count - tail)
        copy(bytes, 0, to: tail, first)
        copy(bytes, first, to: 0, taken - first)
        count += taken
        return bytes.count - taken
    }

    /// Lends the next `size` bytes in order (at most two pieces) and drops them.
    package mutating func take(
        _ size: Int, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        precondition(size <= count, "more audio taken than is waiting")
        let first = min(size, storage.count - head)
        let bytes = UnsafeRawBufferPointer(storage)
        body(
            UnsafeRawBufferPointer(rebasing: bytes[head..<head + first]),
            UnsafeRawBufferPointer(rebasing: bytes[0..<size - first]))
        drop(size)
    }

    /// Drops the oldest `size` bytes.
    package mutating func drop(_ size: Int) {
        head = (head + size) % storage.count
        count -= size
        if count == 0 { rest() }
    }

    /// Drops everything.
    package mutating func removeAll() {
        count = 0
        rest()
    }

    private mutating func rest() {
        head = 0
        guard storage.count > Self.restingBytes else { return }
        storage.deallocate()
        storage = .allocate(byteCount: Self.restingBytes, alignment: 16)
    }

    private mutating func grow(to needed: Int) {
        var size = storage.count
        while size < needed { size *= 2 }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        let first = min(count, storage.count - head)
        larger.baseAddress?.copyMemory(
            from: UnsafeRawPointer(storage.baseAddress.unsafelyUnwrapped) + head, byteCount: first)
        (larger.baseAddress.unsafelyUnwrapped + first).copyMemory(
            from: storage.baseAddress.unsafelyUnwrapped, byteCount: count - first)
        storage.deallocate()
        storage = larger
        head = 0
    }

    private func copy(_ bytes: UnsafeRawBufferPointer, _ from: Int, to: Int, _ size: Int) {
        guard size > 0 else { return }
        (storage.baseAddress.unsafelyUnwrapped + to).copyMemory(
            from: bytes.baseAddress.unsafelyUnwrapped + from, byteCount: size)
    }
}
