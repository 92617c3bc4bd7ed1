import Wire

/// Writes records one after another; see `TraceRecord` for their form.
package struct TraceWriter: Sendable {
    /// What a trace begins with.
    package static let beginning = Array("cbtrace1".utf8)

    /// What was written and not yet taken.
    package private(set) var bytes = TraceWriter.beginning
    private var now: Int64 = 0
    private var wallClock: Int64 = 0

    package init() {}

    /// Takes what was written so far.
    package mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Appends a record.
    package mutating func append(_ record: TraceRecord) {
        switch record {
        case .header(let json): put(1, json.bytes)
        case .now(let time): put(2, Self.signed(step(time, &now)))
        case .wallClock(let time): put(3, Self.signed(step(time, &wallClock)))
        case .fired(let timer): put(4, Self.varint(timer))
        case .input(let json): put(5, json.bytes)
        case .text(let socket, let text): put(6, Self.varint(socket), text)
        case .binary(let socket, let bytes): put(7, Self.varint(socket), bytes)
        case .ponged(let socket, let trip):
            put(8, Self.varint(socket), Self.signed(Self.nanoseconds(trip)))
        case .drained(let socket): put(9, Self.varint(socket))
        case .closed(let socket, let closure):
            put(
                10, Self.varint(socket), [Self.code(closure.cause)],
                Self.varint(Int(closure.code)), Array(closure.reason.utf8))
        case .sent(let socket, let isTaken, let count, let hash):
            put(
                20, Self.varint(socket), [isTaken ? 1 : 0], Self.varint(count),
                Self.varint(bits: hash))
        case .pinged(let socket): put(21, Self.varint(socket))
        case .closing(let socket, let code, let reason):
            put(22, Self.varint(socket), Self.varint(Int(code)), Array(reason.utf8))
        case .aborted(let socket): put(23, Self.varint(socket))
        case .paused(let socket, let isPaused): put(24, Self.varint(socket), [isPaused ? 1 : 0])
        case .answered(let text): put(25, Array(text.utf8))
        case .told(let text): put(26, Array(text.utf8))
        case .end(let isComplete): put(30, [isComplete ? 1 : 0])
        }
    }

    private mutating func put(_ kind: UInt8, _ parts: [UInt8]...) {
        bytes.append(kind)
        bytes += Self.varint(parts.reduce(0) { $0 + $1.count })
        for part in parts { bytes += part }
    }

    private func step(_ time: Duration, _ last: inout Int64) -> Int64 {
        let present = Self.nanoseconds(time)
        defer { last = present }
        return present &- last
    }

    static func nanoseconds(_ time: Duration) -> Int64 {
        time.components.seconds &* 1_000_000_000
            &+ time.components.attoseconds / 1_000_000_000
    }

    static func code(_ cause: SocketClosure.Cause) -> UInt8 {
        switch cause {
        case .peer: 0
        case .us: 1
        case .lost: 2
        case .violation: 3
        }
    }

    private static func signed(_ value: Int64) -> [UInt8] {
        varint(bits: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    private static func varint(_ value: Int) -> [UInt8] { varint(bits: UInt64(max(0, value))) }

    private static func varint(bits value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }
}
