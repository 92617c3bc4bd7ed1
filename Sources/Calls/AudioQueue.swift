/// µ-law bytes waiting in order, contiguous, so that any number of them can be lent in place.
///
/// Its memory grows with a burst up to the limit and is let go when the burst has been played.
package struct AudioQueue: ~Copyable {
    /// Kept between bursts: 320 ms, so that a steady trickle never allocates.
    private static let restingBytes = 2_560

    private var storage: UnsafeMutableRawPointer
    private var size = restingBytes
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
        if head + count + taken > size { makeRoom(for: count + taken) }
        if let source = bytes.baseAddress {
            (storage + head + count).copyMemory(from: source, byteCount: taken)
        }
        count += taken
        return bytes.count - taken
    }

    /// Lends the next `size` bytes and drops them, unless `body` says that it could not use them.
    package mutating func take(_ size: Int, _ body: (UnsafeRawBufferPointer) -> Bool) {
        precondition(size <= count, "more audio taken than is waiting")
        if body(UnsafeRawBufferPointer(start: storage + head, count: size)) { drop(size) }
    }

    /// Drops the oldest `size` bytes.
    package mutating func drop(_ size: Int) {
        head += size
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
        guard size > Self.restingBytes else { return }
        storage.deallocate()
        size = Self.restingBytes
        storage = .allocate(byteCount: size, alignment: 16)
    }

    /// Moves what waits to the front, of a larger buffer when this one is too small.
    private mutating func makeRoom(for needed: Int) {
        // Twice as much as waits, so that moving it costs no more than it cost to come.
        if needed * 2 <= size {
            storage.copyMemory(from: storage + head, byteCount: count)
        } else {
            let larger = UnsafeMutableRawPointer.allocate(byteCount: needed * 2, alignment: 16)
            larger.copyMemory(from: storage + head, byteCount: count)
            storage.deallocate()
            storage = larger
            size = needed * 2
        }
        head = 0
    }
}
