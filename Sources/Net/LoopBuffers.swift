import COpenSSL

/// What the connections of one loop share, so that an idle connection owns no buffer.
final class LoopBuffers {
    /// Bytes of one read: what a peer may make us handle before others get their turn.
    static let readBytesMax = 64 * 1024
    /// Readable bytes behind every read, for parsers that look at whole vectors (simdjson: 64).
    static let paddingBytes = 64
    /// A message up to this size is built here; a longer one gets memory of its own.
    static let writeBytesMax = 64 * 1024
    private static let maskBytes = 4096

    /// Where sockets are read into; valid until the next read on this loop.
    let read: UnsafeMutableRawPointer
    private let scratch: UnsafeMutableRawBufferPointer
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

    /// Lends `bytes` of memory for building one message.
    @inline(__always)
    func withScratch<Result>(
        _ bytes: Int, _ body: (UnsafeMutableRawBufferPointer) -> Result
    ) -> Result {
        if bytes <= Self.writeBytesMax, !isScratchTaken {
            isScratchTaken = true
            defer { isScratchTaken = false }
            return body(UnsafeMutableRawBufferPointer(rebasing: scratch[..<bytes]))
        }
        // A large message, or one built while another is being built.
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
        defer { memory.deallocate() }
        return body(memory)
    }

    /// An unpredictable masking key (RFC 6455 section 5.3).
    @inline(__always)
    func nextMask() -> UInt32 {
        if masksUsed == Self.maskBytes { refillMasks() }
        let mask = masks.loadUnaligned(fromByteOffset: masksUsed, as: UInt32.self)
        masksUsed += MemoryLayout<UInt32>.size
        return mask
    }

    private func refillMasks() {
        masksUsed = 0
        let start = masks.bindMemory(to: UInt8.self).baseAddress
        if RAND_bytes(start, Int32(Self.maskBytes)) == 1 { return }
        // OpenSSL has no seed: the kernel's generator cannot fail.
        var random = SystemRandomNumberGenerator()
        for index in masks.indices { masks[index] = .random(in: 0...255, using: &random) }
    }
}
