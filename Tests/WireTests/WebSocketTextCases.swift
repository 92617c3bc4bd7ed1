@testable import Wire

extension WebSocketCases {
    /// Byte sequences that are UTF-8: the first and last of each length, the neighbours of the
    /// surrogates, noncharacters.
    static let goodTexts: [[UInt8]] = [
        [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xEF, 0xBF, 0xBF],
        [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF], [0xED, 0x9F, 0xBF],
        [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBD], [0xEF, 0xBF, 0xBE], [0xF0, 0x9F, 0xBF, 0xBF],
        [0xE1, 0x80, 0x80], [0xEC, 0xBF, 0xBF], [0xF1, 0x80, 0x80, 0x80],
        Array("Hello-µ@ßöäüàá-UTF-8!!".utf8), Array("κόσμε".utf8),
        Array("Алло, кто это? 電話です 📞 — ok".utf8),
    ]

    /// Byte sequences that are not.
    static let badTexts: [[UInt8]] = [
        [0x80], [0xBF], [0x80, 0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF],
        [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0xAF], [0xF0, 0x8F, 0xBF, 0xBF],
        [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF], [0xED, 0xAD, 0xBF, 0xED, 0xB0, 0x80], [0xC0, 0x80],
        [0xC2, 0x20], [0xC2, 0xC2, 0x80], [0xE1, 0x80, 0x20], [0xF1, 0x80, 0x80, 0x20],
        [0xE2, 0x28, 0xA1], [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xF4, 0x90, 0x80, 0x80],
    ]

    /// Beginnings of scalars, fine until the text ends.
    static let cutTexts: [[UInt8]] = [
        [0xC2], [0xE0, 0xA0], [0xE1], [0xED, 0x9F], [0xF0, 0x90, 0x80], [0xF4, 0x8F], [0xF0],
        [0x61, 0xCE],
    ]

    static func texts(_ peer: PeerScript) -> [Row] {
        let good = goodTexts.flatMap { bytes -> [Row] in
            let said: Heard = .text(String(decoding: bytes, as: UTF8.self))
            let alone = bytes.map { peer.frame(.continuation, [$0], isFinal: false) }
            return [
                ("6.1 text \(bytes)", peer.frame(.text, bytes), [said]),
                (
                    "6.2 a byte a fragment \(bytes)",
                    peer.text("", isFinal: false) + alone.flatMap { $0 }
                        + peer.more("", isFinal: true), [said]
                ),
            ]
        }
        let invalid: Heard = .violation(1007, "")
        let bad = (badTexts + cutTexts).flatMap { bytes -> [Row] in
            [
                ("6.3 text \(bytes)", peer.frame(.text, bytes) + peer.frame(.ping), [invalid]),
                (
                    "6.3 behind letters", peer.frame(.text, Array("abcdefgh".utf8) + bytes),
                    [invalid]
                ),
                (
                    "6.4 in fragments \(bytes)",
                    peer.text("κό", isFinal: false) + peer.frame(.continuation, bytes)
                        + peer.frame(.ping), [invalid]
                ),
                (
                    "6.4 as binary \(bytes)", peer.frame(.binary, bytes), [.binary(bytes)]
                ),
            ]
        }
        return good + bad
    }

    static func closes(_ peer: PeerScript) -> [Row] {
        let reason = String(repeating: "*", count: 123)
        let valid: [UInt16] = [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999,
            4000, 4999,
        ]
        let invalid: [UInt16] = [
            0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535,
        ]
        return valid.map { ("7.7 code \($0)", peer.close($0), [.close($0, "")]) }
            + invalid.map { ("7.9 code \($0)", peer.close($0), [rule]) }
            + [
                (
                    "7.1 text, close", peer.text("x") + peer.close(1000),
                    [
                        .text("x"), .close(1000, ""),
                    ]
                ),
                ("7.1 two closes", peer.close(1000) + peer.close(1001), [.close(1000, "")]),
                ("7.1 ping after close", peer.close(1000) + peer.frame(.ping), [.close(1000, "")]),
                ("7.1 text after close", peer.close(1000) + peer.text("x"), [.close(1000, "")]),
                ("7.1 rubbish after close", peer.close(1000) + [0xFF, 0xFF], [.close(1000, "")]),
                ("7.3 no code", peer.frame(.close), [.close(1005, "")]),
                ("7.3 half a code", peer.frame(.close, [3]), [rule]),
                ("7.3 a reason", peer.close(1000, "Hello"), [.close(1000, "Hello")]),
                ("7.3 the longest reason", peer.close(1000, reason), [.close(1000, reason)]),
                ("7.3 too long a reason", peer.header(0x88, length: [126, 0, 126]), [rule]),
                (
                    "7.5 a reason that is no text",
                    peer.frame(.close, [3, 0xE8, 0xCE, 0xBA, 0xED]), [.violation(1007, "")]
                ),
            ]
    }
}
