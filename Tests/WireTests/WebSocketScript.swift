@testable import Wire

/// What a machine said, as a value.
enum Heard: Equatable {
    case text(String)
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16, String)
    case violation(UInt16, String)

    init(_ event: WebSocketEvent) {
        switch event {
        case .text(let bytes): self = .text(String(decoding: bytes, as: UTF8.self))
        case .binary(let bytes): self = .binary(Array(bytes))
        case .ping(let bytes): self = .ping(Array(bytes))
        case .pong(let bytes): self = .pong(Array(bytes))
        case .close(let code, let reason): self = .close(code, reason)
        case .violation(let code, let reason): self = .violation(code, reason)
        }
    }

    /// The same with the reason of a violation left out, which is for people.
    var verdict: Heard {
        if case .violation(let code, _) = self { .violation(code, "") } else { self }
    }
}

extension WebSocketMachine {
    /// Receives bytes of its own copy and returns what was said.
    mutating func hear(_ bytes: some Sequence<UInt8>) -> [Heard] {
        var copy = Array(bytes)
        var heard: [Heard] = []
        copy.withUnsafeMutableBytes { buffer in
            receive(buffer) {
                heard.append(Heard($0))
                return true
            }
        }
        return heard
    }

    /// Receives bytes cut before each of the given indices.
    mutating func hear(_ bytes: [UInt8], cutAt cuts: some Sequence<Int>) -> [Heard] {
        var heard: [Heard] = []
        var start = 0
        for cut in cuts {
            heard += hear(bytes[start..<cut])
            start = cut
        }
        return heard + hear(bytes[start...])
    }

    /// Receives bytes and stops after every event; what comes after a stop is asked for.
    mutating func hearStopping(_ bytes: some Sequence<UInt8>) -> [Heard] {
        var copy = Array(bytes)
        var heard: [Heard] = []
        copy.withUnsafeMutableBytes { buffer in
            receive(buffer) {
                heard.append(Heard($0))
                return false
            }
        }
        while isStopped {
            resume {
                heard.append(Heard($0))
                return false
            }
        }
        return heard
    }
}

/// Writes what a peer sends to a machine of a role: masked when the machine is a server.
struct PeerScript {
    let role: WebSocketMachine.Role

    var mask: UInt32? { role == .server ? 0x37FA_213D : nil }

    func text(_ text: String, isFinal: Bool = true) -> [UInt8] {
        frame(.text, Array(text.utf8), isFinal: isFinal)
    }

    func more(_ text: String, isFinal: Bool = false) -> [UInt8] {
        frame(.continuation, Array(text.utf8), isFinal: isFinal)
    }

    func frame(
        _ opcode: WebSocketOpcode, _ payload: [UInt8] = [], isFinal: Bool = true
    ) -> [UInt8] {
        WebSocketFrame.bytes(opcode, payload: payload, mask: mask, isFinal: isFinal)
    }

    func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
        frame(.close, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    /// A frame with its first byte as given; the payload is at most 125 bytes.
    func raw(_ first: UInt8, _ payload: [UInt8] = []) -> [UInt8] {
        var bytes = frame(.binary, payload)
        bytes[0] = first
        return bytes
    }

    /// A header with the length bytes as given, and the mask if there is to be one.
    func header(_ first: UInt8, length: [UInt8]) -> [UInt8] {
        var length = length
        if role == .server { length[0] |= 0x80 }
        return [first] + length + (role == .server ? [0x3D, 0x21, 0xFA, 0x37] : [])
    }
}
