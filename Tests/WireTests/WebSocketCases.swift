import Testing

@testable import Wire

/// One dialogue: what the peer sends and what the machine makes of it.
struct WebSocketCase: CustomTestStringConvertible {
    let name: String
    let role: WebSocketMachine.Role
    let bytes: [UInt8]
    let heard: [Heard]

    var testDescription: String { "\(role): \(name)" }
}

/// The table of dialogues, in the order of the usual conformance suite: 1 sizes, 2 pings,
/// 3 reserved bits, 4 reserved opcodes, 5 fragments, 6 UTF-8, 7 closing; 8 masks, lengths and
/// limits are ours.
enum WebSocketCases {
    static let messageBytesMax = 1 << 17

    /// Every case for both roles.
    static let all: [WebSocketCase] = [WebSocketMachine.Role.client, .server].flatMap { role in
        let peer = PeerScript(role: role)
        let groups = [
            sizes(peer), pings(peer), reserved(peer), fragments(peer), texts(peer), closes(peer),
            masks(peer), lengths(peer), limits(peer),
        ]
        return groups.flatMap { $0 }.map { name, bytes, heard in
            WebSocketCase(name: name, role: role, bytes: bytes, heard: heard)
        }
    }

    /// Those short enough to try every cut.
    static let short = all.filter { $0.bytes.count <= 700 }

    typealias Row = (String, [UInt8], [Heard])

    static let rule: Heard = .violation(1002, "")

    static func sizes(_ peer: PeerScript) -> [Row] {
        [0, 1, 125, 126, 127, 128, 65_535, 65_536].flatMap { size -> [Row] in
            let text = String(repeating: "*", count: size)
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            return [
                ("1.1 text of \(size) bytes", peer.text(text), [.text(text)]),
                ("1.2 binary of \(size) bytes", peer.frame(.binary, bytes), [.binary(bytes)]),
            ]
        }
    }

    static func pings(_ peer: PeerScript) -> [Row] {
        let most = [UInt8](repeating: 0xFE, count: 125)
        let ten = (0..<10).map { [UInt8(0x30 + $0)] }
        return [
            ("2.1 ping without payload", peer.frame(.ping), [.ping([])]),
            ("2.2 ping", peer.frame(.ping, Array("Hello".utf8)), [.ping(Array("Hello".utf8))]),
            ("2.3 ping of bytes", peer.frame(.ping, [0, 0xFF, 0xFE]), [.ping([0, 0xFF, 0xFE])]),
            ("2.4 ping of 125 bytes", peer.frame(.ping, most), [.ping(most)]),
            (
                "2.5 ping of 126 bytes", peer.header(0x89, length: [126, 0, 126]) + most + [0],
                [rule]
            ),
            ("2.7 pong unasked", peer.frame(.pong), [.pong([])]),
            ("2.8 pong with payload", peer.frame(.pong, [1, 2]), [.pong([1, 2])]),
            ("2.9 pong, ping", peer.frame(.pong) + peer.frame(.ping), [.pong([]), .ping([])]),
            (
                "2.10 ten pings", ten.flatMap { peer.frame(.ping, $0) },
                ten.map { .ping($0) }
            ),
        ]
    }

    static func reserved(_ peer: PeerScript) -> [Row] {
        let before = peer.text("Hello")
        let bits = (1...7).map { UInt8($0 << 4) }.flatMap { rsv -> [Row] in
            [
                (
                    "3 text, text with bits \(rsv >> 4)",
                    before + peer.raw(0x81 | rsv, [0x21]) + peer.frame(.ping),
                    [.text("Hello"), rule]
                ),
                ("3 ping with bits \(rsv >> 4)", peer.raw(0x89 | rsv), [rule]),
                ("3 close with bits \(rsv >> 4)", peer.raw(0x88 | rsv), [rule]),
            ]
        }
        let opcodes = ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).flatMap { code -> [Row] in
            [
                (
                    "4 text, opcode \(code)", before + peer.raw(0x80 | code) + peer.frame(.ping),
                    [.text("Hello"), rule]
                ),
                ("4 opcode \(code) with payload", peer.raw(0x80 | code, [1, 2, 3]), [rule]),
                ("4 opcode \(code) unfinished", peer.raw(code), [rule]),
            ]
        }
        return bits + opcodes
    }

    static func fragments(_ peer: PeerScript) -> [Row] {
        let ping = peer.frame(.ping, [1])
        let begin = peer.text("frag", isFinal: false)
        let last = peer.more("ment", isFinal: true)
        let whole: Heard = .text("fragment")
        let bytes = [
            peer.frame(.binary, [1], isFinal: false),
            peer.frame(.continuation, [], isFinal: false),
            peer.frame(.continuation, [2, 3]),
        ]
        return [
            ("5.1 ping in fragments", peer.raw(0x09, [1]) + peer.more("", isFinal: true), [rule]),
            ("5.2 pong in fragments", peer.raw(0x0A, [1]) + peer.more("", isFinal: true), [rule]),
            ("5.3 text in two", begin + last, [whole]),
            ("5.3 binary in three", bytes.flatMap { $0 }, [.binary([1, 2, 3])]),
            (
                "5.3 all empty", peer.text("", isFinal: false) + peer.more("", isFinal: true),
                [.text("")]
            ),
            ("5.6 ping between", begin + ping + last, [.ping([1]), whole]),
            ("5.9 continues nothing", last + peer.text("x"), [rule]),
            ("5.12 continues nothing, unfinished", peer.more("x") + peer.text("x"), [rule]),
            ("5.15 continues what ended", begin + last + peer.more("x"), [whole, rule]),
            ("5.18 second text within", begin + peer.text("ment"), [rule]),
            ("5.18 binary within", begin + peer.frame(.binary, [1]), [rule]),
            (
                "5.19 five with pings",
                begin + peer.more("1") + ping + peer.more("2") + ping + peer.more("3") + ping
                    + last + peer.text("x") + begin + last,
                [.ping([1]), .ping([1]), .ping([1]), .text("frag123ment"), .text("x"), whole]
            ),
            ("5 close between", begin + peer.close(1001) + last, [.close(1001, "")]),
            ("5 never finished", begin + ping, [.ping([1])]),
        ]
    }

    static func masks(_ peer: PeerScript) -> [Row] {
        let other = PeerScript(role: peer.role == .server ? .client : .server)
        return [
            ("8.1 text by the wrong side", other.text("Hello"), [rule]),
            ("8.1 empty ping by the wrong side", other.frame(.ping), [rule]),
            ("8.1 after a good one", peer.text("a") + other.text("b"), [.text("a"), rule]),
        ]
    }

    static func lengths(_ peer: PeerScript) -> [Row] {
        [
            ("8.2 two bytes for 125", peer.header(0x82, length: [126, 0, 125]), [rule]),
            ("8.2 two bytes for 0", peer.header(0x82, length: [126, 0, 0]), [rule]),
            (
                "8.2 eight bytes for 65535",
                peer.header(0x82, length: [127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]), [rule]
            ),
            (
                "8.2 highest bit", peer.header(0x82, length: [127, 0x80, 0, 0, 0, 0, 1, 0, 0]),
                [rule]
            ),
            ("8.2 ping with two length bytes", peer.header(0x89, length: [126, 0, 5]), [rule]),
        ]
    }

    static func limits(_ peer: PeerScript) -> [Row] {
        let big: Heard = .violation(1009, "")
        let most = [UInt8](repeating: 1, count: messageBytesMax)
        return [
            ("8.3 as large as allowed", peer.frame(.binary, most), [.binary(most)]),
            (
                "8.3 one more declared, none sent",
                peer.header(0x82, length: [127, 0, 0, 0, 0, 0, 2, 0, 1]), [big]
            ),
            (
                "8.3 the largest length there is",
                peer.header(0x82, length: [127, 0x7F] + [UInt8](repeating: 0xFF, count: 7)), [big]
            ),
            (
                "8.3 one more by a fragment",
                peer.frame(.binary, most, isFinal: false) + peer.frame(.ping)
                    + peer.header(0x80, length: [1]), [.ping([]), big]
            ),
            (
                "8.3 sum beyond all numbers",
                peer.text("x", isFinal: false)
                    + peer.header(0x80, length: [127, 0x7F] + [UInt8](repeating: 0xFF, count: 7)),
                [big]
            ),
        ]
    }
}
