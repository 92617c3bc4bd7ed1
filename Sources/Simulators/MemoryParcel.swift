import Wire

/// What travels along the line of a `MemorySocket`.
enum MemoryParcel {
    case text([UInt8])
    case binary([UInt8])
    case ping(sentAt: Duration)
    case pong(sentAt: Duration)
    case close(code: UInt16, reason: String)
    /// The other side agreed to our close.
    case closeEcho
    /// The connection broke on the way.
    case broken

    var size: Int {
        switch self {
        case .text(let bytes), .binary(let bytes): bytes.count
        default: 0
        }
    }

    /// A message's bytes, by whoever writes it.
    static func bytes(_ capacity: Int, _ write: (inout MessageWriter) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var writer = MessageWriter(UnsafeMutableRawBufferPointer(buffer))
            write(&writer)
            count = writer.count
        }
    }
}
