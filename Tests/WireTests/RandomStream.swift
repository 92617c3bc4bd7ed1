import TestDice

@testable import Wire

/// Streams as a peer might send them: within the rules, or bent a little.
struct RandomStream {
    let role: WebSocketMachine.Role
    var dice: Dice

    private mutating func upTo(_ most: Int) -> Int { Int.random(in: 0...most, using: &dice) }

    /// Some messages, whole or in fragments with control frames between; bent in half the cases.
    mutating func next() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0...upTo(4) {
            bytes += message()
            if upTo(3) == 0 { bytes += control() }
        }
        if upTo(5) == 0 { bytes += close() }
        if upTo(1) == 0 { bend(&bytes) }
        return bytes
    }

    mutating func frame(
        _ opcode: WebSocketOpcode, _ payload: some Sequence<UInt8>, isFinal: Bool = true
    ) -> [UInt8] {
        let mask: UInt32? = role == .server ? UInt32(truncatingIfNeeded: dice.next()) : nil
        return WebSocketFrame.bytes(
            opcode, payload: Array(payload), mask: mask, isFinal: isFinal)
    }

    mutating func message() -> [UInt8] {
        let isText = upTo(1) == 0
        let payload = isText ? text() : noise(most: [10, 126, 300][upTo(2)])
        var bytes: [UInt8] = []
        var opcode: WebSocketOpcode = isText ? .text : .binary
        var start = 0
        let fragments = [1, 1, 2, 4][upTo(3)]
        for fragment in 1...fragments {
            let isLast = fragment == fragments
            let end = isLast ? payload.count : start + upTo(payload.count - start)
            bytes += frame(opcode, payload[start..<end], isFinal: isLast)
            if !isLast, upTo(2) == 0 { bytes += control() }
            (start, opcode) = (end, .continuation)
        }
        return bytes
    }

    mutating func control() -> [UInt8] {
        frame(upTo(1) == 0 ? .ping : .pong, noise(most: 125))
    }

    mutating func close() -> [UInt8] {
        guard upTo(3) > 0 else { return frame(.close, noise(most: 4)) }
        let code = UInt16(990 + upTo(40))
        return frame(.close, [UInt8(code >> 8), UInt8(code & 0xFF)] + text().prefix(30))
    }

    mutating func noise(most: Int) -> [UInt8] {
        noise(of: upTo(most))
    }

    mutating func noise(of count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    }

    /// Scalars of every length in UTF-8.
    mutating func text() -> [UInt8] {
        let alphabet = Array("abc \u{0}\u{7F}äß€電話📞\u{10FFFF}".unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<upTo(60) { text.append(alphabet[upTo(alphabet.count - 1)]) }
        return Array(String(text).utf8)
    }

    /// Changes, takes out, doubles or cuts off one byte or a few.
    mutating func bend(_ bytes: inout [UInt8]) {
        for _ in 0...upTo(2) where !bytes.isEmpty {
            let at = upTo(bytes.count - 1)
            switch upTo(4) {
            case 0: bytes[at] ^= UInt8(1 << upTo(7))
            case 1: bytes[at] = UInt8(truncatingIfNeeded: dice.next())
            case 2: bytes.remove(at: at)
            case 3: bytes.insert(bytes[at], at: at)
            default: bytes.removeSubrange(at...)
            }
        }
    }
}
