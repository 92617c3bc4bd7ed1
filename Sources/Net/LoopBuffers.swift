import COpenSSL

/// What the connections of one loop share, so that an idle connection owns no buffer.
///
/// A loop owns one, and its connections reach it through a pointer: to go through the loop would
/// count references up and down with every frame, at the price of the frame's own work here.
struct LoopBuffers: ~Copyable {
    /// Bytes of one read: what a peer may make us handle before others get their turn.
    static let readBytesMax = 64 * 1024
    /// Readable bytes behind every read, for parsers that look at whole vectors (simdjson: 64).
    static let paddingBytes = 64
    /// A message up to this size is built here; a longer one gets memory of its own.
    static let writeBytesMax = 64 * 1024
    private static let maskBytes = 4096

    /// Where sockets are read into; valid until the next read on this loop.
    let read: UnsafeMutableRawPointer
    private let scratch: UnsafeMutableRawPointer
    private var isScratchTaken = false
    private let masks: UnsafeMutableRawBufferPointer
    private var masksUsed = LoopBuffers.maskBytes

    init() {
        let bytes = Self.readBytesMax + Self.paddingBytes
        read = .allocate(byteCount: bytes, alignment: 64)
        read.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        scratch = .allocate(byteCount: Self.writeBytesMax, alignment: 64)
        masks = .allocate(byteCount: Self.maskBytes, alignment: 8)
    }

    deinit {
        read.deallocate()
        scratch.deallocate()
        masks.deallocate()
    }

    /// Lends memory for building one message, to be given back when it is sent.
    @inline(__always)
    mutating func lend(_ bytes: Int) -> UnsafeMutableRawPointer {
        if bytes <= Self.writeBytesMax, !isScratchTaken {
            isScratchTaken = true
            return scratch
        }
        // A large message, or one built while another is being built.
        return .allocate(byteCount: bytes, alignment: 64)
    }

    /// Takes back what was lent.
    @inline(__always)
    mutating func takeBack(_ memory: UnsafeMutableRawPointer) {
        if memory == scratch { isScratchTaken = false } else { memory.deallocate() }
    }

    /// An unpredictable masking key (RFC 6455 section 5.3).
    @inline(__always)
    mutating func nextMask() -> UInt32 {
        if masksUsed == Self.maskBytes { refillMasks() }
        let mask = masks.loadUnaligned(fromByteOffset: masksUsed, as: UInt32.self)
        masksUsed += MemoryLayout<UInt32>.size
        return mask
    }

    private mutating func refillMasks() {
        masksUsed = 0
        let start = masks.bindMemory(to: UInt8.self).baseAddress
        if RAND_bytes(start, Int32(Self.maskBytes)) == 1 { return }
        // OpenSSL has no seed: the kernel's generator cannot fail.
        var random = SystemRandomNumberGenerator()
        for index in masks.indices { masks[index] = .random(in: 0...255, using: &random) }
    }
}
