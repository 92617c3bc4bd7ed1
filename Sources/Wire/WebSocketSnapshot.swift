/// A machine in the middle of a stream as plain bytes, for a successor that takes the socket over.
///
///     version │ role │ stopped, ended │ message limit │ replay's length │ replay │ held
///        1         1          1               8                 8           …       …
///
/// The replay is itself a WebSocket stream: what a peer would have had to send to a new machine
/// to bring it here. The message so far is one unfinished frame, then comes the frame whose
/// payload is arriving, cut where it was cut. So the only reader of a snapshot is the machine,
/// with all its checks, and the format has no second set of rules. Numbers are big-endian.
extension WebSocketMachine {
    private static let snapshotVersion: UInt8 = 1
    private static let snapshotHeadBytes = 19

    /// True when a new machine would do as well: nothing is incomplete, and nothing is held.
    @inline(__always)
    package var isBetweenMessages: Bool {
        frame == nil && cutHeader.isEmpty && message.opcode == nil && held.isEmpty && !hasEnded
    }

    /// The machine's whole state: limits, what is incomplete, what is held.
    package var snapshot: [UInt8] {
        var bytes: [UInt8] = [Self.snapshotVersion]
        bytes.append(role == .server ? 1 : 0)
        bytes.append((isStopped ? 1 : 0) | (hasEnded ? 2 : 0))
        let replay = replay
        withUnsafeBytes(of: UInt64(messageBytesMax).bigEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: UInt64(replay.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: replay)
        var held = held
        held.withBytes { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// The machine that a snapshot was taken of; nil when the bytes are not such a snapshot.
    package init?(snapshot: [UInt8]) {
        guard snapshot.count >= Self.snapshotHeadBytes, snapshot[0] == Self.snapshotVersion,
            snapshot[1] <= 1, snapshot[2] <= 3
        else { return nil }
        let numbers = snapshot.withUnsafeBytes {
            (
                UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 3, as: UInt64.self)),
                UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 11, as: UInt64.self))
            )
        }
        guard let limit = Int(exactly: numbers.0), let length = Int(exactly: numbers.1),
            length <= snapshot.count - Self.snapshotHeadBytes
        else { return nil }
        self.init(role: snapshot[1] == 1 ? .server : .client, messageBytesMax: limit)

        let heldStart = Self.snapshotHeadBytes + length
        var replay = Array(snapshot[Self.snapshotHeadBytes..<heldStart])
        var isSilent = true
        replay.withUnsafeMutableBytes {
            receive($0) { _ in
                isSilent = false; return true
            }
        }
        let isHeld = snapshot[heldStart...].withUnsafeBytes { held.append($0) }
        guard isSilent, isHeld else { return nil }
        isStopped = snapshot[2] & 1 != 0
        hasEnded = snapshot[2] & 2 != 0
    }

    /// What a new machine has to receive to become this one.
    private var replay: [UInt8] {
        var bytes: [UInt8] = []
        let isData = frame?.header.opcode.isControl == false
        let arrived = isData ? frame?.read ?? 0 : 0
        let isFirst = isData && frame?.header.opcode != .continuation
        if let opcode = message.opcode, !isFirst {
            bytes += WebSocketFrame.bytes(
                opcode, payload: Array(message.bytes.dropLast(arrived)),
                mask: role == .server ? 0 : nil, isFinal: false)
        }
        if let frame {
            var header = [UInt8](repeating: 0, count: frame.header.size)
            header.withUnsafeMutableBytes { buffer in
                if let start = buffer.baseAddress { frame.header.write(to: start) }
            }
            bytes += header
            var payload = isData ? Array(message.bytes.suffix(arrived)) : control
            if let mask = frame.header.mask {
                payload.withUnsafeMutableBytes { WebSocketMask.apply(mask, offset: 0, to: $0) }
            }
            bytes += payload
        }
        return bytes + cutHeader
    }
}
