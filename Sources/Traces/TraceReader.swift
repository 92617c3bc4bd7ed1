import Wire

/// Reads a trace, whoever wrote it: what is no trace is refused, what breaks off is told.
package struct TraceReader: Sendable {
    private let bytes: [UInt8]
    private var at: Int
    private var end: Int
    private var now: Int64 = 0
    private var wallClock: Int64 = 0

    /// All records of a trace. One that ends without saying so was cut off, and ends with
    /// `.end(isComplete: false)`.
    package static func read(_ bytes: [UInt8]) throws(TraceFault) -> [TraceRecord] {
        guard bytes.starts(with: TraceWriter.beginning) else { throw .notATrace }
        var reader = TraceReader(bytes)
        var records: [TraceRecord] = []
        while reader.at < bytes.count {
            guard let record = try reader.next() else { break }
            records.append(record)
            if case .end = record { return records }
        }
        records.append(.end(isComplete: false))
        return records
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        at = TraceWriter.beginning.count
        end = bytes.count
    }

    /// The next record; nil when the file breaks off inside it.
    private mutating func next() throws(TraceFault) -> TraceRecord? {
        let start = at
        end = bytes.count
        let kind = bytes[at]
        at += 1
        guard let length = varint() else { return nil }
        guard length <= UInt64(bytes.count - at) else { return nil }
        end = at + Int(length)
        guard let record = record(kind), at == end else { throw .malformed(at: start) }
        return record
    }

    private mutating func record(_ kind: UInt8) -> TraceRecord? {
        switch kind {
        case 1: return json().map { .header($0) }
        case 2: return step(\.now).map { .now($0) }
        case 3: return step(\.wallClock).map { .wallClock($0) }
        case 4: return number().map { .fired(timer: $0) }
        case 5: return json().map { .input($0) }
        case 25: return .answered(text())
        case 26: return .told(text())
        case 30: return byte().map { .end(isComplete: $0 == 1) }
        default:
            guard let socket = number() else { return nil }
            return record(kind, of: socket)
        }
    }

    private mutating func record(_ kind: UInt8, of socket: Int) -> TraceRecord? {
        switch kind {
        case 6: return .text(socket: socket, rest())
        case 7: return .binary(socket: socket, rest())
        case 8: return signed().map { .ponged(socket: socket, .nanoseconds($0)) }
        case 9: return .drained(socket: socket)
        case 10: return closed(socket)
        case 20: return sent(socket)
        case 21: return .pinged(socket: socket)
        case 22:
            guard let code = number() else { return nil }
            return .closing(socket: socket, code: UInt16(clamping: code), reason: text())
        case 23: return .aborted(socket: socket)
        case 24: return byte().map { .paused(socket: socket, $0 == 1) }
        default: return nil
        }
    }

    private mutating func closed(_ socket: Int) -> TraceRecord? {
        guard let cause = byte(), let code = number() else { return nil }
        let causes: [SocketClosure.Cause] = [.peer, .us, .lost, .violation]
        guard Int(cause) < causes.count else { return nil }
        return .closed(
            socket: socket,
            SocketClosure(cause: causes[Int(cause)], code: UInt16(clamping: code), reason: text()))
    }

    private mutating func sent(_ socket: Int) -> TraceRecord? {
        guard let isTaken = byte(), let count = number(), let hash = varint() else { return nil }
        return .sent(socket: socket, isTaken: isTaken == 1, bytes: count, hash: hash)
    }

    private mutating func step(_ last: WritableKeyPath<TraceReader, Int64>) -> Duration? {
        guard let step = signed() else { return nil }
        self[keyPath: last] &+= step
        return .nanoseconds(self[keyPath: last])
    }

    private mutating func byte() -> UInt8? {
        guard at < end else { return nil }
        defer { at += 1 }
        return bytes[at]
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = byte() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private mutating func signed() -> Int64? {
        varint().map { Int64(bitPattern: ($0 >> 1) ^ (0 &- ($0 & 1))) }
    }

    private mutating func number() -> Int? { varint().flatMap { Int(exactly: $0) } }

    private mutating func rest() -> [UInt8] {
        defer { at = end }
        return Array(bytes[at..<end])
    }

    private mutating func text() -> String { String(decoding: rest(), as: UTF8.self) }

    private mutating func json() -> JSON? { try? JSON(parsing: rest()) }
}
