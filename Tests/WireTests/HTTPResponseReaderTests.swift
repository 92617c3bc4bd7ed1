import TestDice
import Testing

@testable import Wire

struct HTTPResponseReaderTests {
    private static let role = HTTPReader.Role.response

    @Test func `a switch of protocols ends its head and keeps what follows`() {
        let text =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: x\r\n\r\n\u{1}\u{5}hello"
        var reader = HTTPReader(role: Self.role)
        var trace = HTTPTrace()
        Array(text.utf8).withUnsafeBytes {
            reader.receive($0) { event in
                trace.add(event)
                if case .end = event { return false }
                return true
            }
        }
        #expect(trace.lines.count == 2)
        #expect(trace.lines[0].hasPrefix("101 [\"Upgrade=websocket\""))
        #expect(trace.lines[0].contains("none 1.1"))
        #expect(trace.lines[0].hasSuffix("upgrade"))
        #expect(reader.takeRest() == Array("\u{1}\u{5}hello".utf8))
    }

    @Test(arguments: [
        ("200 OK\r\nContent-Length: 2\r\n\r\nab", "counted(2)", "ab"),
        ("200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", "chunked", "ab"),
        ("204 No Content\r\n\r\n", "none", nil),
        ("304 Not Modified\r\nContent-Length: 9\r\n\r\n", "none", nil),
        ("401\r\nContent-Length: 0\r\n\r\n", "none", nil),
        ("401 \r\nContent-Length: 0\r\n\r\n", "none", nil),
        ("403 Verboten \u{FC}\r\nContent-Length: 1\r\n\r\n!", "counted(1)", "!"),
    ])
    func `a body ends as its head says`(rest: String, framing: String, body: String?) {
        let lines = read("HTTP/1.1 " + rest, role: Self.role)
        #expect(lines.first?.contains("] \(framing) 1.1") == true)
        #expect(lines.dropFirst() == ((body.map { ["body \($0)"] } ?? []) + ["end"])[...])
    }

    @Test func `a body without a length lasts until the connection ends`() {
        let lines = read("HTTP/1.1 200 OK\r\n\r\nab", role: Self.role)
        #expect(lines == ["200 [] untilClose 1.1", "body ab"])
    }

    @Test func `interim answers are skipped up to their limit`() {
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        let final = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        let eight = read(String(repeating: interim, count: 8) + final, role: Self.role)
        #expect(eight.count == 2)
        let nine = read(String(repeating: interim, count: 9) + final, role: Self.role)
        #expect(nine == ["failure 502 there were more interim responses than their limit"])
    }

    @Test(arguments: [
        "ICY 200 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 A\r\n\r\n", "HTTP/1.1 600 A\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "\u{15}\u{3}\u{1}\0\u{2}\u{2}", "SSH-2.0-test\r\n\r\n",
    ])
    func `what is no answer is a failure of the other side`(text: String) {
        let lines = read(text, role: Self.role)
        #expect(lines.last?.hasPrefix("failure 502 ") == true, "\(lines)")
    }

    @Test func `a body until close obeys its limit`() {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 3
        let text = "HTTP/1.1 200 OK\r\n\r\n"
        #expect(read(text + "abc", role: Self.role, limits: limits).last == "body abc")
        let over = read(text + "abcd", role: Self.role, limits: limits)
        #expect(over.last?.hasPrefix("failure 502 the body is larger") == true)
        let bytes = Array((text + "abcd").utf8)
        for cut in 0...bytes.count {
            let split = read(bytes, role: Self.role, limits: limits, cuts: [cut])
            #expect(split.lines == over)
        }
    }

    @Test func `mutated answers read the same however they are split`() {
        let samples = [
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nuntil the end",
        ]
        var limits = HTTPLimits()
        limits.bodyBytesMax = 9
        let seed: UInt64 = 0x5EED_0008
        var dice = Dice(seed: seed)
        for round in 0..<2000 {
            let bytes = dice.damaged(Array(samples[dice.below(samples.count)].utf8))
            let whole = read(bytes, role: Self.role, limits: limits)
            let split = read(
                bytes, role: Self.role, limits: limits, cuts: dice.cuts(bytes.count),
                pausing: dice.below(2) == 0)
            #expect(split == whole, "seed \(seed) round \(round)")
        }
    }
}
