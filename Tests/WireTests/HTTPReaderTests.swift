import TestDice
import Testing

@testable import Wire

/// What a reader said, with pieces of body joined, so that runs can be compared.
struct HTTPTrace: Equatable, CustomStringConvertible {
    private var said: [String] = []
    private var body: [UInt8] = []

    var lines: [String] {
        said + (body.isEmpty ? [] : ["body \(String(decoding: body, as: UTF8.self))"])
    }

    mutating func add(_ event: HTTPReader.Event) {
        if case .body(let bytes) = event { return body.append(contentsOf: bytes) }
        said = lines
        body = []
        switch event {
        case .request(let request, let framing):
            let fields = request.fields.all.map { "\($0.name)=\($0.value)" }
            said.append("\(request.method) \(request.target) \(fields) \(Self.text(framing))")
        case .response(let response, let framing):
            let fields = response.fields.all.map { "\($0.name)=\($0.value)" }
            said.append("\(response.status) \(fields) \(Self.text(framing))")
        case .body: break
        case .end: said.append("end")
        case .failure(let failure): said.append("failure \(failure.status) \(failure.reason)")
        }
    }

    var description: String { lines.joined(separator: "\n") }

    private static func text(_ framing: HTTPFraming) -> String {
        var words = ["\(framing.body)", "1.\(framing.minorVersion)"]
        if framing.keepsAlive { words.append("alive") }
        if framing.asksUpgrade { words.append("upgrade") }
        if framing.expectsContinue { words.append("expects") }
        return words.joined(separator: " ")
    }
}

/// Reads `bytes` in pieces that end at `cuts`.
func read(
    _ bytes: [UInt8], role: HTTPReader.Role = .requests, limits: HTTPLimits = HTTPLimits(),
    cuts: [Int] = [], pausing: Bool = false
) -> HTTPTrace {
    var reader = HTTPReader(role: role, limits: limits)
    var trace = HTTPTrace()
    var paused = false
    let hear = { (event: HTTPReader.Event) in
        trace.add(event)
        paused = pausing
        return !pausing
    }
    var start = 0
    for end in cuts + [bytes.count] {
        bytes[start..<end].withUnsafeBytes { reader.receive($0, hear) }
        while paused {
            paused = false
            reader.resume(hear)
        }
        start = end
    }
    return trace
}

func read(
    _ text: String, role: HTTPReader.Role = .requests, limits: HTTPLimits = HTTPLimits()
) -> [String] {
    read(Array(text.utf8), role: role, limits: limits).lines
}

struct HTTPReaderTests {
    @Test func `a plain request is told with its target byte for byte`() {
        let target = "/a%2Fb//c/../d?x=1&y=a%20b+c;c=d&z"
        let lines = read("GET \(target) HTTP/1.1\r\nHost: bridge.test\r\nX-A:  b c \r\n\r\n")
        #expect(
            lines == [
                "GET \(target) [\"Host=bridge.test\", \"X-A=b c\"] none 1.1 alive", "end",
            ])
    }

    @Test func `a counted body arrives whole and the next request after it`() {
        let lines = read(
            """
            POST /a HTTP/1.1\r
            Host: h\r
            Content-Length: 5\r
            \r
            helloGET /b HTTP/1.1\r
            Host: h\r
            Content-Length: 0\r
            \r

            """)
        #expect(
            lines == [
                "POST /a [\"Host=h\", \"Content-Length=5\"] counted(5) 1.1 alive", "body hello",
                "end", "GET /b [\"Host=h\", \"Content-Length=0\"] none 1.1 alive", "end",
            ])
    }

    @Test func `chunks are joined and extensions and trailers are dropped`() {
        let lines = read(
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "5;name=\"v\"\r\nhello\r\n00006\r\n, line\r\n0\r\nX-Sum: 1\r\n\r\n")
        #expect(lines.last == "end")
        #expect(lines.dropFirst().first == "body hello, line")
        #expect(lines.count == 3)
    }

    @Test(arguments: [
        ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.0", "", false),
        ("1.1", "Connection: keep-alive, close\r\n", false),
        ("1.0", "Connection: Keep-Alive\r\n", true),
    ])
    func `the connection's future follows version and Connection`(
        version: String, field: String, alive: Bool
    ) {
        let text = "GET / HTTP/\(version)\r\nHost: h\r\n\(field)\r\n"
        let lines = read(text + text)
        #expect(lines[0].hasSuffix("alive") == alive)
        #expect(lines.count == (alive ? 4 : 2), "what follows a last request is not read")
    }

    @Test func `an upgrade hands out the bytes behind its head`() {
        let text =
            "GET /s HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\n"
            + "Upgrade: websocket\r\n\r\n\u{1}\u{2}rest"
        var reader = HTTPReader(role: .requests)
        var trace = HTTPTrace()
        Array(text.utf8).withUnsafeBytes {
            reader.receive($0) { event in
                trace.add(event)
                if case .end = event { return false }
                return true
            }
        }
        #expect(trace.lines.first?.hasSuffix("upgrade") == true)
        #expect(trace.lines.last == "end")
        #expect(reader.takeRest() == Array("\u{1}\u{2}rest".utf8))
        #expect(reader.takeRest().isEmpty && reader.isIdle)
    }

    @Test func `HTTP/1.0 cannot upgrade`() {
        let lines = read(
            "GET /s HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        #expect(lines.first?.contains("upgrade") == false)
    }

    @Test func `a paused head waits for the body's limit`() {
        let text = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 6\r\n\r\n"
        for (limit, expected) in [(6, "body hello!"), (5, "failure 413")] {
            var reader = HTTPReader(role: .requests)
            var trace = HTTPTrace()
            Array(text.utf8).withUnsafeBytes {
                reader.receive($0) {
                    trace.add($0)
                    return false
                }
            }
            #expect(trace.lines.first?.hasSuffix("alive expects") == true)
            reader.allowBody(atMost: limit)
            reader.resume {
                trace.add($0); return true
            }
            Array("hello!".utf8).withUnsafeBytes {
                reader.receive($0) {
                    trace.add($0); return true
                }
            }
            #expect(trace.lines[1].hasPrefix(expected))
        }
    }

    @Test func `an allowance lasts for one request`() {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 2
        let text = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
        var reader = HTTPReader(role: .requests, limits: limits)
        var trace = HTTPTrace()
        var isFirst = true
        Array((text + text).utf8).withUnsafeBytes {
            reader.receive($0) {
                trace.add($0)
                defer { isFirst = false }
                return !isFirst
            }
        }
        reader.allowBody(atMost: 3)
        reader.resume {
            trace.add($0); return true
        }
        #expect(trace.lines.count == 5)
        #expect(trace.lines.last?.hasPrefix("failure 413") == true)
    }

    @Test func `it is idle between requests and not within one`() {
        func isIdle(after bytes: some Collection<UInt8>) -> Bool {
            var reader = HTTPReader(role: .requests)
            Array(bytes).withUnsafeBytes { reader.receive($0) { _ in true } }
            return reader.isIdle
        }
        let request = Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab".utf8)
        #expect(isIdle(after: []) && isIdle(after: "\r\n".utf8))
        for cut in 1..<request.count { #expect(!isIdle(after: request.prefix(cut)), "\(cut)") }
        #expect(isIdle(after: request) && isIdle(after: request + request))
    }

    @Test func `every split and every pause gives the same events`() {
        for text in HTTPSamples.requests {
            let bytes = Array(text.utf8)
            let whole = read(bytes)
            for cut in 0...bytes.count {
                #expect(read(bytes, cuts: [cut]) == whole)
            }
            #expect(read(bytes, cuts: Array(0..<bytes.count)) == whole)
            #expect(read(bytes, pausing: true) == whole)
            #expect(
                read(bytes, cuts: Array(0..<bytes.count), pausing: true) == whole)
        }
    }

    @Test func `mutated requests read the same however they are split`() {
        let seed: UInt64 = 0x5EED_0001
        var dice = Dice(seed: seed)
        for round in 0..<3000 {
            let sample = HTTPSamples.requests[dice.below(HTTPSamples.requests.count)]
            let bytes = dice.damaged(Array(sample.utf8))
            let whole = read(bytes)
            let cuts = dice.cuts(bytes.count)
            let split = read(bytes, cuts: cuts, pausing: dice.below(2) == 0)
            #expect(split == whole, "seed \(seed) round \(round) cuts \(cuts)")
        }
    }
}

enum HTTPSamples {
    static let requests = [
        "GET /voice?x=1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n",
        "\r\nPOST /api HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 11\r\n\r\nhello world",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\na;x=y\r\n0123456789\r\n0\r\nA: b\r\n\r\n"
            + "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\nHost: h\n\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
    ]
}
