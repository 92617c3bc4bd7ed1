import Glibc

/// How many bytes a program has taken from a TCP socket and given to it, by the kernel's count.
///
/// The kernel counts what arrived and what was acknowledged (TCP_INFO, tcp(7)); what still lies
/// in its queues (SIOCINQ, SIOCOUTQ) makes of it what went through read(2) and write(2). The
/// counts begin anywhere, so only differences say something.
package struct StreamCounters: Sendable, Equatable {
    var received: UInt64
    var written: UInt64

    /// Offsets in struct tcp_info (linux/tcp.h), which grows at its end only.
    private static let acknowledgedOffset = 120
    private static let arrivedOffset = 128
    private static let infoBytes = 136
    private static let unread: UInt = 0x541B  // SIOCINQ
    private static let unacknowledged: UInt = 0x5411  // SIOCOUTQ
    /// Bytes arrive while we count; between two packets there is time to do it several times.
    private static let triesMax = 1_000

    init(received: UInt64, written: UInt64) {
        self.received = received
        self.written = written
    }

    /// Nil for what is no TCP socket.
    init?(of descriptor: Int32) {
        for _ in 0..<Self.triesMax {
            guard let before = Self.info(descriptor),
                let unread = Self.queue(descriptor, Self.unread),
                let unacknowledged = Self.queue(descriptor, Self.unacknowledged),
                let after = Self.info(descriptor)
            else { return nil }
            guard before == after else { continue }
            received = after.arrived &- unread
            written = after.acknowledged &+ unacknowledged
            return
        }
        return nil
    }

    private static func info(_ descriptor: Int32) -> (arrived: UInt64, acknowledged: UInt64)? {
        withUnsafeTemporaryAllocation(byteCount: infoBytes, alignment: 8) { info in
            var length = socklen_t(infoBytes)
            let result = getsockopt(
                descriptor, Int32(IPPROTO_TCP), TCP_INFO, info.baseAddress, &length)
            guard result == 0, Int(length) == infoBytes else { return nil }
            return (
                info.load(fromByteOffset: arrivedOffset, as: UInt64.self),
                info.load(fromByteOffset: acknowledgedOffset, as: UInt64.self)
            )
        }
    }

    private static func queue(_ descriptor: Int32, _ request: UInt) -> UInt64? {
        var count: Int32 = 0
        guard ioctl(descriptor, request, &count) == 0, count >= 0 else { return nil }
        return UInt64(count)
    }
}
