import Net
import Testing
import Wire

/// What the server itself refuses, before any route is asked: problems as everywhere else
/// (RFC 9457), byte for byte.
@Suite(.serialized) struct WireProblemTests {
    /// The request, the status and its phrase, which is the problem's title.
    private static let requests: [(String, Int, String)] = [
        ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, "Bad Request"),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", 413,
            "Payload Too Large"
        ),
        (
            "GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: x\r\n\r\n", 414,
            "URI Too Long"
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "y", count: 100_000))\r\n\r\n",
            431, "Request Header Fields Too Large"
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\n\(String(repeating: "X: y\r\n", count: 500))\r\n", 431,
            "Request Header Fields Too Large"
        ),
        ("BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", 501, "Not Implemented"),
        ("GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505, "HTTP Version Not Supported"),
        // The rest of the body never comes.
        (
            "POST /api/twilio/voice HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab", 408,
            "Request Timeout"
        ),
    ]

    @Test func `every refusal is a whole problem, and the connection ends with it`() async throws {
        try await LiveHouse.open({ $0.http.body = .seconds(2) }) { house in
            for (request, status, phrase) in Self.requests {
                let line = try await RawLine.open(to: house)
                await line.say(request)
                try Self.expect(try await line.all(), status, phrase)
            }
        }
    }

    private static func expect(_ answer: [UInt8], _ status: Int, _ phrase: String) throws {
        let text = String(decoding: answer, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
        #expect(parts.count == 2, "\(status): \(text.prefix(200))")
        guard let head = parts.first, let body = parts.last else { return }
        #expect(head.hasPrefix("HTTP/1.1 \(status) \(phrase)\r\n"), "\(head.prefix(60))")
        let fields = head.split(separator: "\r\n").dropFirst().map { $0.lowercased() }
        #expect(fields.contains("content-type: application/problem+json"))
        #expect(fields.contains("content-length: \(body.utf8.count)"), "\(status)")
        #expect(fields.contains("connection: close"), "\(status)")
        let problem = try JSON(parsing: Array(body.utf8))
        #expect(problem["type"] == "about:blank")
        #expect(problem["title"] == .string(phrase), "\(status)")
        #expect(problem["status"] == .integer(Int64(status)))
        #expect(problem["detail"]?.text?.isEmpty == false)
    }
}
