import TestDice
import Testing

@testable import Wire

struct HTTPWriterTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `a response says its length and its date`() throws {
        let response = HTTPResponse(status: 200, type: "text/plain", text: "hello")
        let bytes = try HTTPWriter.response(response, date: HTTPDate.text(.zero))
        #expect(
            text(bytes) == """
                HTTP/1.1 200 OK\r
                Date: Thu, 01 Jan 1970 00:00:00 GMT\r
                Content-Type: text/plain\r
                Content-Length: 5\r
                \r
                hello
                """)
    }

    @Test func `an answer to HEAD has the head alone`() throws {
        let response = HTTPResponse(status: 404, body: Array("none".utf8))
        let bytes = try HTTPWriter.response(response, toHEAD: true)
        #expect(text(bytes) == "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\n")
    }

    @Test(arguments: [101, 204, 304])
    func `some statuses never have a body`(status: Int) throws {
        let bytes = try HTTPWriter.response(HTTPResponse(status: status, body: [1]))
        #expect(!text(bytes).contains("Content-Length"))
        #expect(bytes.suffix(4).elementsEqual("\r\n\r\n".utf8))
    }

    @Test func `the last answer says close and nothing else`() throws {
        let response = HTTPResponse(status: 200, fields: ["connection": "keep-alive"])
        let bytes = try HTTPWriter.response(response, keepsAlive: false)
        #expect(text(bytes) == "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    }

    @Test func `an unknown status has no phrase`() throws {
        let bytes = try HTTPWriter.response(HTTPResponse(status: 299))
        #expect(text(bytes).hasPrefix("HTTP/1.1 299 \r\n"))
    }

    @Test(arguments: ["a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\0b", "\u{7F}", "\u{1B}[0m"])
    func `a value cannot begin a new line`(value: String) {
        let response = HTTPResponse(status: 200, fields: ["X-A": value])
        #expect(throws: HTTPWriterError.value(of: "X-A")) { try HTTPWriter.response(response) }
        let request = HTTPRequest(method: "GET", target: "/", fields: ["X-A": value])
        #expect(throws: HTTPWriterError.value(of: "X-A")) {
            try HTTPWriter.request(request, host: "h")
        }
        #expect(throws: HTTPWriterError.value(of: "Host")) {
            try HTTPWriter.request(HTTPRequest(method: "GET", target: "/"), host: value)
        }
    }

    @Test(arguments: ["", "a b", "a:", "a\r\nb", "ä"])
    func `a name is a token`(name: String) {
        let response = HTTPResponse(status: 200, fields: [name: "x"])
        #expect(throws: HTTPWriterError.name(name)) { try HTTPWriter.response(response) }
    }

    @Test(arguments: ["Content-Length", "transfer-encoding"])
    func `only the writer tells the length`(name: String) {
        let response = HTTPResponse(status: 200, fields: [name: "1"])
        #expect(throws: HTTPWriterError.framing) { try HTTPWriter.response(response) }
    }

    @Test(arguments: [
        ("GET", "/ x"), ("GET", ""), ("GET", "x"), ("GET", "/\r\n"), ("G T", "/"), ("", "/"),
        ("GET\r\n", "/"), ("GET", "/ä"), ("GET", "/#a"),
    ])
    func `a request line has three words`(method: String, target: String) {
        #expect(throws: HTTPWriterError.startLine) {
            try HTTPWriter.request(HTTPRequest(method: method, target: target), host: "h")
        }
    }

    @Test(arguments: [99, 600, -1])
    func `a status has three digits`(status: Int) {
        #expect(throws: HTTPWriterError.startLine) {
            try HTTPWriter.response(HTTPResponse(status: status))
        }
    }

    @Test func `what is written reads the same`() throws {
        let seed: UInt64 = 0x5EED_0009
        var dice = Dice(seed: seed)
        for round in 0..<500 {
            let length = dice.below(3) * dice.below(40)
            let body = dice.bytes(length).map { 0x20 + $0 % 0x5F }
            let request = HTTPRequest(
                method: body.isEmpty ? "GET" : "POST", target: "/a?\(round)",
                fields: ["X-A": "b \(round)"], body: body)
            var reader = HTTPReader(role: .requests)
            var trace = HTTPTrace()
            let bytes: [UInt8]
            if dice.below(2) == 0 {
                bytes = try HTTPWriter.request(request, host: "bridge.test")
            } else {
                let half = body.count / 2
                bytes =
                    try HTTPWriter.head(of: request, host: "bridge.test", body: .chunked)
                    + HTTPWriter.chunk(Array(body[..<half]))
                    + HTTPWriter.chunk(Array(body[half...])) + HTTPWriter.lastChunk
            }
            bytes.withUnsafeBytes {
                reader.receive($0) {
                    trace.add($0); return true
                }
            }
            let head = "\(request.method) /a?\(round) [\"Host=bridge.test\", \"X-A=b \(round)\""
            #expect(trace.lines.first?.hasPrefix(head) == true, "seed \(seed)")
            #expect(trace.lines.last == "end")
            let text = String(decoding: body, as: UTF8.self)
            #expect(trace.lines.count == (body.isEmpty ? 2 : 3))
            if !body.isEmpty { #expect(trace.lines[1] == "body \(text)") }
        }
    }

    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"),
        (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
        (1_704_067_199, "Sun, 31 Dec 2023 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
    ])
    func `a date is written as HTTP writes it`(seconds: Int, text: String) {
        #expect(HTTPDate.text(.seconds(seconds)) == text)
        #expect(HTTPDate.text(.seconds(seconds) + .milliseconds(999)) == text)
    }
}
