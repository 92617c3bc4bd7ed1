import Testing

@testable import Wire

@Suite struct WebSocketFrameTests {
    @Test func `the examples of RFC 6455 section 5.7 are made`() {
        let hello = Array("Hello".utf8)
        let text: [UInt8] = [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]
        #expect(WebSocketFrame.bytes(.text, payload: hello, mask: nil) == text)
        let masked: [UInt8] = [
            0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58,
        ]
        let key = UInt32(bigEndian: 0x37FA_213D)
        #expect(WebSocketFrame.bytes(.text, payload: hello, mask: key) == masked)
        let first = WebSocketFrame.bytes(
            .text, payload: Array("Hel".utf8), mask: nil, isFinal: false)
        #expect(first == [0x01, 0x03, 0x48, 0x65, 0x6C])
        let last = WebSocketFrame.bytes(.continuation, payload: Array("lo".utf8), mask: nil)
        #expect(last == [0x80, 0x02, 0x6C, 0x6F])
        let pong = WebSocketFrame.bytes(.pong, payload: hello, mask: key)
        #expect(pong == [0x8A] + masked.dropFirst())
        let binary = [UInt8](repeating: 7, count: 256)
        let sealed = WebSocketFrame.bytes(.binary, payload: binary, mask: nil)
        #expect(sealed == [0x82, 0x7E, 0x01, 0x00] + binary)
        let large = [UInt8](repeating: 7, count: 65_536)
        let long = WebSocketFrame.bytes(.binary, payload: large, mask: nil)
        #expect(long.prefix(10) == [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0])
    }

    @Test func `a frame is sealed where its payload lies`() {
        for (count, mask, size) in [
            (0, nil, 2), (125, nil, 2), (126, nil, 4), (65_535, nil, 4), (65_536, nil, 10),
            (0, 1, 6), (125, 1, 6), (126, 1, 8), (65_536, 1, 14),
        ] as [(Int, UInt32?, Int)] {
            let front = WebSocketFrame.headerBytesMax
            var room = [UInt8](repeating: 0xEE, count: front + count + 3)
            let made = room.withUnsafeMutableBytes {
                let payload = UnsafeMutableRawBufferPointer(rebasing: $0[front..<front + count])
                return WebSocketFrame.seal(.binary, payload: payload, mask: mask)
            }
            #expect(made == size)
            #expect(room.prefix(front - size).allSatisfy { $0 == 0xEE })
            #expect(room.suffix(3) == [0xEE, 0xEE, 0xEE])
        }
    }

    @Test func `masking at any offset and length is the plain rule`() {
        let key: [UInt8] = [0x11, 0x22, 0x44, 0x88]
        let mask = key.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
        for offset in 0..<9 {
            for count in 0..<200 {
                let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 5) }
                var masked = plain
                masked.withUnsafeMutableBytes {
                    WebSocketMask.apply(mask, offset: offset, to: $0)
                }
                let expected = plain.enumerated().map { $1 ^ key[($0 + offset) & 3] }
                #expect(masked == expected, "offset \(offset), count \(count)")
            }
        }
    }

    @Test func `a text is unmasked by the same rule, and known to be ASCII or not`() {
        let key: [UInt8] = [0x91, 0x22, 0xC4, 0x08]
        let mask = key.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
        for count in 0..<200 {
            let plain = (0..<count).map { UInt8($0 &* 31 & 0x7F) }
            for foreign in -1..<count {
                var expected = plain
                if foreign >= 0 { expected[foreign] |= 0x80 }
                var bytes = expected.enumerated().map { $1 ^ key[$0 & 3] }
                let isASCII = bytes.withUnsafeMutableBytes { WebSocketMask.applyToText(mask, $0) }
                #expect(isASCII == (foreign < 0), "\(foreign) of \(count)")
                #expect(bytes == expected, "\(foreign) of \(count)")
            }
        }
    }

    @Test func `a frame is built where its payload is written`() {
        for (count, mask) in [(0, nil), (5, 7), (125, nil), (126, 9), (70_000, 3)]
            as [(Int, UInt32?)]
        {
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            var room = [UInt8](repeating: 0xEE, count: WebSocketFrame.headerBytesMax + count)
            let frame = room.withUnsafeMutableBytes { memory in
                Array(
                    WebSocketFrame.build(.binary, in: memory, mask: mask) { writer in
                        payload.withUnsafeBytes { writer.append($0) }
                    })
            }
            #expect(frame == WebSocketFrame.bytes(.binary, payload: payload, mask: mask))
        }
    }

    @Test func `a close payload is within its 125 bytes and ends with a whole scalar`() {
        #expect(WebSocketClose.payload(code: 1000) == [0x03, 0xE8])
        #expect(WebSocketClose.payload(code: 1001, reason: "ab") == [0x03, 0xE9, 0x61, 0x62])
        for reason in ["é", "📞", "a📞", "ab📞", "abc📞"] {
            let long = String(repeating: reason, count: 60)
            let payload = WebSocketClose.payload(code: 1011, reason: long)
            #expect(payload.count <= 125 && payload.count > 121)
            let cut = String(validating: payload.dropFirst(2), as: UTF8.self)
            #expect(cut.map(long.hasPrefix) == true)
        }
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 2000, 5000] as [UInt16])
    func `a code that may not be sent makes an empty close`(_ code: UInt16) {
        #expect(WebSocketClose.payload(code: code, reason: "why").isEmpty)
    }
}
