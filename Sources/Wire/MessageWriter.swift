/// A cursor over the outgoing buffer in which a message is written in place.
///
/// Its owner guarantees `capacity` bytes; writing beyond them is a fault of ours and stops the
/// process (`precondition`), so capacities are computed from what is about to be written.
package struct MessageWriter {
    private let start: UnsafeMutableRawPointer
    /// How many bytes fit.
    package let capacity: Int
    /// How many bytes were written.
    package private(set) var count = 0

    package init(_ buffer: UnsafeMutableRawBufferPointer) {
        // Empty buffers have no base address; such a writer takes no byte.
        start = buffer.baseAddress ?? UnsafeMutableRawPointer(bitPattern: 1).unsafelyUnwrapped
        capacity = buffer.count
    }

    /// Appends a constant text.
    @inline(__always)
    package mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends bytes as they are.
    @inline(__always)
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= capacity - count, "a message is larger than its capacity")
        guard let base = bytes.baseAddress else { return }
        (start + count).copyMemory(from: base, byteCount: bytes.count)
        count += bytes.count
    }

    /// Appends a constant text, bytes and a constant text: what audio is sent as, in one call.
    package mutating func append(
        _ head: StaticString, _ bytes: UnsafeRawBufferPointer, _ tail: StaticString
    ) {
        append(head)
        append(bytes)
        append(tail)
    }

    /// Appends bytes as they are.
    @inline(__always)
    package mutating func append(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// Appends a text as UTF-8.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Lets `body` write up to `atMost` bytes in place; it returns how many it wrote.
    @inline(__always)
    package mutating func append(
        atMost: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int
    ) {
        precondition(atMost <= capacity - count, "a message is larger than its capacity")
        let written = body(UnsafeMutableRawBufferPointer(start: start + count, count: atMost))
        precondition(written >= 0 && written <= atMost)
        count += written
    }
}

extension MessageWriter {
    /// What a message's writer writes, as bytes of their own: for who records messages.
    package static func written(
        _ capacity: Int, _ write: (inout MessageWriter) -> Void
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var writer = MessageWriter(UnsafeMutableRawBufferPointer(buffer))
            write(&writer)
            count = writer.count
        }
    }
}
