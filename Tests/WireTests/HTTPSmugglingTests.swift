import Testing

@testable import Wire

/// A request that a proxy might read otherwise, and what we answer it with.
struct Refused: CustomTestStringConvertible {
    var name: String
    var status: Int
    var text: String

    init(_ name: String, _ status: Int, _ text: String) {
        (self.name, self.status, self.text) = (name, status, text)
    }

    var testDescription: String { name }
}

struct HTTPSmugglingTests {
    private static let post = "POST / HTTP/1.1\r\nHost: h\r\n"
    private static let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"

    private static let heads = [
        Refused("CL and TE", 400, post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Refused("TE and CL", 400, post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"),
        Refused("two CL", 400, post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"),
        Refused("the same CL twice", 400, post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"),
        Refused("a list in CL", 400, post + "Content-Length: 5, 5\r\n\r\n"),
        Refused("a signed CL", 400, post + "Content-Length: +5\r\n\r\n"),
        Refused("a negative CL", 400, post + "Content-Length: -1\r\n\r\n"),
        Refused("a hexadecimal CL", 400, post + "Content-Length: 0x5\r\n\r\n"),
        Refused("an empty CL", 400, post + "Content-Length:\r\n\r\n"),
        Refused("a spaced CL", 400, post + "Content-Length: 1 1\r\n\r\n"),
        Refused("a huge CL", 413, post + "Content-Length: 99999999999999999999\r\n\r\n"),
        Refused("a large CL", 413, post + "Content-Length: 1048577\r\n\r\n"),
        Refused("xchunked", 400, post + "Transfer-Encoding: xchunked\r\n\r\n"),
        Refused("chunked twice", 501, post + "Transfer-Encoding: chunked, chunked\r\n\r\n"),
        Refused(
            "two TE", 400, post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
        ),
        Refused("chunked not last", 400, post + "Transfer-Encoding: chunked, identity\r\n\r\n"),
        Refused("gzip before chunked", 501, post + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
        Refused("quoted chunked", 400, post + "Transfer-Encoding: \"chunked\"\r\n\r\n"),
        Refused("an empty TE", 400, post + "Transfer-Encoding:\r\n\r\n"),
        Refused("a vertical tab in TE", 400, post + "Transfer-Encoding: \u{B}chunked\r\n\r\n"),
        Refused("TE in 1.0", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Refused("a folded field", 400, post + "A: b\r\n c\r\n\r\n"),
        Refused("a fold by tab", 400, post + "A: b\r\n\tc\r\n\r\n"),
        Refused("a fold after the request line", 400, "GET / HTTP/1.1\r\n Host: h\r\n\r\n"),
        Refused("LF alone", 400, post + "A: b\nC: d\r\n\r\n"),
        Refused("LF alone at the end", 400, "GET / HTTP/1.1\r\nHost: h\r\n\n"),
        Refused("CR alone", 400, post + "A: b\rC: d\r\n\r\n"),
        Refused("CR twice", 400, post + "A: b\r\r\n\r\n"),
        Refused("a space before the colon", 400, post + "Content-Length : 5\r\n\r\n"),
        Refused("a tab before the colon", 400, post + "Content-Length\t: 5\r\n\r\n"),
        Refused("no colon", 400, post + "Content-Length 5\r\n\r\n"),
        Refused("no name", 400, post + ": 5\r\n\r\n"),
        Refused("a parenthesis in a name", 400, post + "A(b): 5\r\n\r\n"),
        Refused("NUL in a value", 400, post + "A: b\0c\r\n\r\n"),
        Refused("NUL in a name", 400, post + "A\0: b\r\n\r\n"),
        Refused("DEL in a value", 400, post + "A: \u{7F}\r\n\r\n"),
        Refused("a name that is not ASCII", 400, post + "Ä: b\r\n\r\n"),
        Refused("another expectation", 417, post + "Expect: 200-ok\r\n\r\n"),
    ]

    private static let lines = [
        Refused("no Host", 400, "GET / HTTP/1.1\r\nA: b\r\n\r\n"),
        Refused("two Hosts", 400, "GET / HTTP/1.1\r\nHost: h\r\nhost: h\r\n\r\n"),
        Refused("an empty Host", 400, "GET / HTTP/1.1\r\nHost: \r\n\r\n"),
        Refused("a Host with a path", 400, "GET / HTTP/1.1\r\nHost: h/x\r\n\r\n"),
        Refused("a Host with a user", 400, "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n"),
        Refused("a list of Hosts", 400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        Refused("a Host with a wordy port", 400, "GET / HTTP/1.1\r\nHost: h:80a\r\n\r\n"),
        Refused("two Hosts in 1.0", 400, "GET / HTTP/1.0\r\nHost: h\r\nHost: h\r\n\r\n"),
        Refused("absolute form without Host", 400, "GET http://h/ HTTP/1.1\r\n\r\n"),
        Refused(
            "absolute form and two Hosts", 400,
            "GET http://h/ HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"),
        Refused("absolute form by FTP", 400, "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("absolute form without host", 400, "GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("absolute form, one slash", 400, "GET http:/h/a HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("absolute form with a user", 400, "GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("absolute form, wordy port", 400, "GET http://h:8a/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("absolute form, fragment", 400, "GET http://h#a HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("authority form", 501, "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("authority form of another method", 400, "GET h:443 HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("asterisk form of GET", 400, "GET * HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("two asterisks", 400, "OPTIONS ** HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("a path without slash", 400, "GET a HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("no target", 400, "GET HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("two spaces", 400, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("a space in the target", 400, "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("a tab in the target", 400, "GET /a\tb HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("a fragment", 400, "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("a target that is not ASCII", 400, "GET /ä HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("a space behind the version", 400, "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"),
        Refused("no version", 400, "GET /\r\nHost: h\r\n\r\n"),
        Refused("a small http", 400, "GET / http/1.1\r\nHost: h\r\n\r\n"),
        Refused("a long version", 400, "GET / HTTP/1.10\r\nHost: h\r\n\r\n"),
        Refused("HTTP/1.2", 505, "GET / HTTP/1.2\r\nHost: h\r\n\r\n"),
        Refused("the preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Refused("an unknown method", 501, "BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("a small method", 501, "get / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("a bracket in the method", 400, "G[T / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("two empty lines first", 400, "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("a space first", 400, " GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Refused("a TLS hello", 400, "\u{16}\u{3}\u{1}\u{2}\0"),
    ]

    private static let bodies = [
        Refused("a chunk with a sign", 400, chunked + "+3\r\nabc\r\n0\r\n\r\n"),
        Refused("a chunk with 0x", 400, chunked + "0x3\r\nabc\r\n0\r\n\r\n"),
        Refused("a chunk without size", 400, chunked + "\r\nabc\r\n0\r\n\r\n"),
        Refused("a chunk's name first", 400, chunked + ";a=b\r\nabc\r\n0\r\n\r\n"),
        Refused("a space before the size", 400, chunked + " 3\r\nabc\r\n0\r\n\r\n"),
        Refused("a space behind the size", 400, chunked + "3 \r\nabc\r\n0\r\n\r\n"),
        Refused("LF behind the size", 400, chunked + "3\nabc\r\n0\r\n\r\n"),
        Refused("LF in an extension", 400, chunked + "3;a\nabc\r\n0\r\n\r\n"),
        Refused("CR in an extension", 400, chunked + "3;a\rb\r\nabc\r\n0\r\n\r\n"),
        Refused("a chunk longer than its size", 400, chunked + "3\r\nabcd\r\n0\r\n\r\n"),
        Refused("two letters for CRLF", 400, chunked + "3\r\nabcXX0\r\n\r\n"),
        Refused("a letter for LF", 400, chunked + "3\r\nabc\rX0\r\n\r\n"),
        Refused("LF behind a chunk", 400, chunked + "3\r\nabc\n0\r\n\r\n"),
        Refused("a size beyond 64 bits", 413, chunked + "10000000000000003\r\nabc\r\n0\r\n\r\n"),
        Refused("a size beyond the limit", 413, chunked + "100001\r\n"),
        Refused("a folded trailer", 400, chunked + "0\r\nA: b\r\n c\r\n\r\n"),
        Refused("a trailer without colon", 400, chunked + "0\r\nA b\r\n\r\n"),
        Refused("LF behind a trailer", 400, chunked + "0\r\nA: b\n\r\n"),
        Refused("LF at the end", 400, chunked + "0\r\n\n"),
        Refused("letters at the end", 400, chunked + "0\r\n\rX"),
    ]

    @Test(arguments: heads + lines + bodies)
    func `what may be read in two ways is refused`(_ refused: Refused) {
        let events = read(refused.text)
        #expect(events.last?.hasPrefix("failure \(refused.status) ") == true, "\(events)")
        let heads = events.filter { !$0.hasPrefix("body") && !$0.hasPrefix("failure") }
        #expect(heads.count <= 1, "nothing behind the fault is read: \(events)")
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: bridge.test:8080\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \t h \t\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [2001:db8::1]\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nEmpty:\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
    ])
    func `what can be read in one way only is served`(_ text: String) {
        let events = read(text)
        #expect(events.count == 2)
        #expect(events.last == "end")
    }

    @Test(arguments: [
        ("GET http://bridge.test/a/b?c=d", "GET /a/b?c=d", "bridge.test"),
        ("GET HTTPS://Bridge.test:8443/a//b", "GET /a//b", "Bridge.test:8443"),
        ("GET http://bridge.test", "GET /", "bridge.test"),
        ("GET http://bridge.test?a=http://b/c", "GET /?a=http://b/c", "bridge.test"),
        ("GET http://[2001:db8::1]:80/", "GET /", "[2001:db8::1]:80"),
        ("OPTIONS http://bridge.test", "OPTIONS *", "bridge.test"),
        ("OPTIONS *", "OPTIONS *", "other.test"),
        ("GET /http://bridge.test/", "GET /http://bridge.test/", "other.test"),
    ])
    func `a target's authority takes the place of Host`(
        _ line: String, _ expected: String, _ host: String
    ) {
        let events = read("\(line) HTTP/1.1\r\nHost: other.test\r\n\r\n")
        #expect(events == ["\(expected) [\"Host=\(host)\"] none 1.1 alive", "end"])
    }

    @Test func `HTTP 1 0 may leave Host to the target`() {
        let events = read("GET http://bridge.test/ HTTP/1.0\r\n\r\n")
        #expect(events == ["GET / [\"Host=bridge.test\"] none 1.0", "end"])
    }

    @Test func `each limit is refused one past it and allowed at it`() {
        let start = "GET / HTTP/1.1\r\nHost: h\r\n"
        for (count, expected) in [(99, "end"), (100, "failure 431")] {
            let fields = String(repeating: "A: b\r\n", count: count)
            #expect(read(start + fields + "\r\n").last?.hasPrefix(expected) == true)
        }
        let fixed = (start + "A: \r\n\r\n").utf8.count
        for (size, expected) in [(16384, "end"), (16385, "failure 431")] {
            let value = String(repeating: "x", count: size - fixed)
            #expect(read(start + "A: \(value)\r\n\r\n").last?.hasPrefix(expected) == true)
        }
        for (size, expected) in [(8192, "end"), (8193, "failure 414")] {
            let target = "/" + String(repeating: "x", count: size - 14)
            let text = "GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n"
            #expect(read(text).last?.hasPrefix(expected) == true)
        }
        var limits = HTTPLimits()
        limits.bodyBytesMax = 10
        for (size, expected) in [("5", "end"), ("6", "failure 413")] {
            let data = String(repeating: "x", count: Int(size) ?? 0)
            let text = Self.chunked + "5\r\nabcde\r\n\(size)\r\n\(data)\r\n0\r\n\r\n"
            #expect(read(text, limits: limits).last?.hasPrefix(expected) == true)
        }
    }

    @Test func `small chunks cannot carry endless extensions`() {
        let chunk = "1;" + String(repeating: "x", count: 1000) + "\r\na\r\n"
        let text = Self.chunked + String(repeating: chunk, count: 17)
        #expect(read(text).last?.hasPrefix("failure 431") == true)
    }
}
