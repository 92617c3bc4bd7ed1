/// Pings sent, and what came back.
struct WebSocketPulse: Equatable {
    private var number: UInt64 = 0
    private var sentAt: Duration?
    private var isHeard = true

    /// True when nothing at all came since the last ping.
    var isSilent: Bool { !isHeard }

    /// A ping goes out; its payload is the number returned.
    mutating func beat(at now: Duration) -> UInt64 {
        number &+= 1
        sentAt = now
        isHeard = false
        return number
    }

    /// Something came.
    @inline(__always)
    mutating func hear() { isHeard = true }

    /// A pong came: the round trip, when it answers the last ping for the first time.
    mutating func answered(_ payload: UnsafeRawBufferPointer, at now: Duration) -> Duration? {
        guard let sent = sentAt, payload.count == MemoryLayout<UInt64>.size,
            UInt64(bigEndian: payload.loadUnaligned(as: UInt64.self)) == number
        else { return nil }
        sentAt = nil
        return now - sent
    }
}
