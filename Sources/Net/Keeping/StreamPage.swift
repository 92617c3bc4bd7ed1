import CUV
import Glibc
import Synchronization
import Wire

/// What a stream's successor needs, in memory that outlives the process (memfd_create(2)).
///
///     kernel ─read─▶ inbound ─copy─▶ machine          outbound ─write─▶ kernel
///                       │               │                  ▲
///     received ─────────┘   settled, snapshot          outEnd, written
///
/// Positions count the stream's bytes. Each step is one store of eight bytes, made after what it
/// speaks of is in its place, so a process killed between any two of them leaves a true page:
/// bytes that were received and not settled lie in `inbound`, those from `written` to `outEnd`
/// in `outbound`. What the kernel did in the last system call, which nobody lived to write down,
/// its own counters tell on TCP (`StreamCounters`). A Unix socket has none: there a mark says that
/// a call was under way, and the kernel writes into `note` how many bytes a read took.
package final class StreamPage: @unchecked Sendable {
    // Safe because it is used on its connection's loop only; `release` may come once from anywhere.

    private static let magic: UInt64 = 0x0143_4252_4c53_5453
    /// A read's worth: forty of Twilio's messages.
    static let inboundBytes = 16 * 1024
    /// More than the lead of playback, in base64; what does not fit is not sent by a successor.
    static let outboundBytes = 32 * 1024
    /// A whole read that waits in a paused machine, and a message of Twilio's that is not whole.
    static let snapshotBytes = 24 * 1024
    static let labelBytesMax = 512
    static let headBytes = 4096
    static let bytes = headBytes + inboundBytes + outboundBytes + 2 * snapshotBytes
    /// Set in a position while a system call is under way that may move it.
    static let underWay: UInt64 = 1 << 63

    /// A word of the head.
    enum Word: Int {
        case magic, received, settled, written, outStart, outEnd
        case receivedBefore, writtenBefore, isCounted, messageBytesMax, labelBytes
        case adoptions, adopted0, adopted1, adopted2
    }
    private static let labelStart = 256
    private static let noteStart = 1024

    let memory: UnsafeMutableRawPointer
    /// True when the kernel counts the socket's bytes.
    let isCounted: Bool
    /// Something was sent that did not fit into `outbound`.
    var isOverfull = false
    private let whenReleased = Mutex<(@Sendable () -> Void)?>(nil)

    private init(_ memory: UnsafeMutableRawPointer, isCounted: Bool) {
        self.memory = memory
        self.isCounted = isCounted
    }

    deinit { munmap(memory, Self.bytes) }

    /// A page for a stream that begins to be kept, and the descriptor of its memory, which the
    /// caller has to close.
    static func make(
        label: [UInt8], messageBytesMax: Int, counters: StreamCounters?
    ) -> (page: StreamPage, descriptor: Int32)? {
        guard label.count <= labelBytesMax else { return nil }
        let descriptor = cuv_memory("callbridge-stream", bytes)
        guard descriptor >= 0 else { return nil }
        guard let memory = map(descriptor) else {
            close(descriptor)
            return nil
        }
        let page = StreamPage(memory, isCounted: counters != nil)
        label.withUnsafeBytes {
            (memory + labelStart).copyMemory(
                from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count)
        }
        page[.labelBytes] = UInt64(label.count)
        page[.messageBytesMax] = UInt64(messageBytesMax)
        page[.isCounted] = counters == nil ? 0 : 1
        page[.receivedBefore] = counters?.received ?? 0
        page[.writtenBefore] = counters?.written ?? 0
        page[.magic] = magic
        return (page, descriptor)
    }

    /// The page another process left behind; nil when it is none.
    package init?(opening descriptor: Int32) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_size == Self.bytes,
            let memory = Self.map(descriptor)
        else { return nil }
        self.memory = memory
        isCounted = Self.word(.isCounted, of: memory) == 1
        guard Self.word(.magic, of: memory) == Self.magic,
            Self.word(.labelBytes, of: memory) <= UInt64(Self.labelBytesMax)
        else { return nil }
    }

    private static func map(_ descriptor: Int32) -> UnsafeMutableRawPointer? {
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        return memory == MAP_FAILED ? nil : memory
    }

    /// What the keeper wrote on it.
    package var label: [UInt8] {
        let bytes = UnsafeRawBufferPointer(
            start: memory + Self.labelStart, count: Int(self[.labelBytes]))
        return Array(bytes)
    }

    /// Called once, when the stream is no longer to be kept.
    package func onRelease(_ body: @escaping @Sendable () -> Void) {
        whenReleased.withLock { $0 = body }
    }

    /// The stream is not to be kept any more.
    func release() {
        let body = whenReleased.withLock { body in
            defer { body = nil }
            return body
        }
        body?()
    }

    subscript(word: Word) -> UInt64 {
        @inline(__always) get { Self.word(word, of: memory) }
        @inline(__always) set {
            // Released, so that what it speaks of is written first.
            (memory + word.rawValue * 8).assumingMemoryBound(to: Atomic<UInt64>.self).pointee
                .store(newValue, ordering: .releasing)
        }
    }

    @inline(__always)
    private static func word(_ word: Word, of memory: UnsafeMutableRawPointer) -> UInt64 {
        (memory + word.rawValue * 8).assumingMemoryBound(to: Atomic<UInt64>.self).pointee
            .load(ordering: .acquiring)
    }

    var inbound: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: memory + Self.headBytes, count: Self.inboundBytes)
    }

    var outbound: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            start: memory + Self.headBytes + Self.inboundBytes, count: Self.outboundBytes)
    }

    /// Where the kernel notes a read, on a socket whose bytes it does not count.
    var note: UnsafeMutableRawPointer { memory + Self.noteStart }

    /// How many bytes the read under way has taken.
    var notedBytes: UInt32 {
        get { note.load(fromByteOffset: cuv_note_count, as: UInt32.self) }
        set { note.storeBytes(of: newValue, toByteOffset: cuv_note_count, as: UInt32.self) }
    }

    func snapshotSlot(_ slot: Int) -> UnsafeMutableRawBufferPointer {
        let start = Self.headBytes + Self.inboundBytes + Self.outboundBytes
        return UnsafeMutableRawBufferPointer(
            start: memory + start + slot * Self.snapshotBytes, count: Self.snapshotBytes)
    }
}
