import Glibc
import Instruments
package import Wire

/// Why a stream cannot be gone on with; its call can, with another stream.
package enum StreamRemainsFault: Error, Sendable, Equatable {
    /// The process died in a long write that nobody counted, or the socket is none.
    case unknown
    /// More was half done than a page holds.
    case tooMuch
    /// The page is not what one of us writes.
    case damaged
}

extension StreamRemainsFault: CustomStringConvertible {
    /// For the log.
    package var description: String {
        switch self {
        case .unknown: "nobody knows how far it was written"
        case .tooMuch: "more was half done than is kept"
        case .damaged: "what was kept of it cannot be read"
        }
    }
}

/// What another process left of a stream: enough to go on at the next byte, both ways.
package struct StreamRemains: Sendable {
    package var machine: WebSocketMachine
    /// Bytes that were read and whose messages were perhaps not handled.
    package var unread: [UInt8]
    /// Bytes that were to be sent: the rest of a frame, and whole ones behind it.
    package var unsent: [UInt8]
    /// A frame may have been lost, since nobody counted.
    package var isGuess: Bool
}

extension StreamPage {
    /// A stream may see three processes die within this time, and not a fourth: it may be what they
    /// die of.
    static let adoptionsWithin = Duration.seconds(60)
    /// A write of this size to a Unix socket is taken whole or not at all: the kernel makes one
    /// buffer of it.
    private static let undividedBytes = 16 * 1024

    /// Notes that the stream changes hands, before anything is done with it; false when that has
    /// happened too often lately. `now` is the machine's clock, which all processes share.
    package func noteAdoption(at now: Duration) -> Bool {
        let moments: [Word] = [.adopted0, .adopted1, .adopted2]
        let time = UInt64(clamping: max(now.wholeNanoseconds, 1))
        let number = self[.adoptions]
        let oldest = moments[Int(number % UInt64(moments.count))]
        let since = time.subtractingReportingOverflow(self[oldest])
        let limit = UInt64(Self.adoptionsWithin.wholeNanoseconds)
        if self[oldest] != 0, !since.overflow, since.partialValue < limit { return false }
        self[oldest] = time
        self[.adoptions] = number &+ 1
        return true
    }

    /// How often it changed hands.
    package var adoptions: Int { Int(clamping: self[.adoptions]) }

    /// What is left of the stream on this socket, which from now on is read and written by us.
    package func recover(from descriptor: Int32) throws(StreamRemainsFault) -> StreamRemains {
        guard isCounted else { return try recover(nil) }
        guard let counters = StreamCounters(of: descriptor) else { throw .unknown }
        return try recover(counters)
    }

    func recover(_ counters: StreamCounters?) throws(StreamRemainsFault) -> StreamRemains {
        let settled = Settled(word: self[.settled])
        let machine = try machine(settled)
        let received = try received(settled, counters)
        let (written, isGuess) = try written(counters)
        let (start, end) = (self[.outStart], self[.outEnd])
        guard start <= written, written <= end else { throw .tooMuch }
        guard end - start <= UInt64(Self.outboundBytes) else { throw .damaged }
        self[.received] = received
        self[.written] = written
        return StreamRemains(
            machine: machine,
            unread: Array(inbound.prefix(Int(received - settled.position))),
            unsent: Array(outbound[Int(written - start)..<Int(end - start)]), isGuess: isGuess)
    }

    private func machine(_ settled: Settled) throws(StreamRemainsFault) -> WebSocketMachine {
        guard settled.snapshotBytes != Settled.tooLarge else { throw .tooMuch }
        guard settled.snapshotBytes <= Self.snapshotBytes,
            let limit = Int(exactly: self[.messageBytesMax])
        else { throw .damaged }
        guard settled.snapshotBytes > 0 else {
            return WebSocketMachine(role: .server, messageBytesMax: limit)
        }
        let bytes = snapshotSlot(settled.slot).prefix(settled.snapshotBytes)
        guard let machine = WebSocketMachine(snapshot: Array(bytes)) else { throw .damaged }
        return machine
    }

    private func received(
        _ settled: Settled, _ counters: StreamCounters?
    ) throws(StreamRemainsFault) -> UInt64 {
        let noted = self[.received] & ~Self.underWay
        let isUnderWay = self[.received] != noted
        let received =
            counters.map { $0.received &- self[.receivedBefore] }
            ?? (isUnderWay ? noted + UInt64(notedBytes) : noted)
        // Nothing is read before what was read is settled.
        guard received == noted || received > noted && noted == settled.position,
            received >= settled.position,
            received - settled.position <= UInt64(Self.inboundBytes)
        else { throw .damaged }
        return received
    }

    private func written(
        _ counters: StreamCounters?
    ) throws(StreamRemainsFault) -> (UInt64, isGuess: Bool) {
        let noted = self[.written]
        if let counters {
            let written = counters.written &- self[.writtenBefore]
            guard written >= noted else { throw .damaged }
            return (written, false)
        }
        guard noted & Self.underWay != 0 else { return (noted, false) }
        // Taken whole or not at all: to leave frames out does less harm than to cut one.
        let end = self[.outEnd]
        let start = noted & ~Self.underWay
        guard end >= start, end - start <= UInt64(Self.undividedBytes) else { throw .unknown }
        return (end, true)
    }
}
