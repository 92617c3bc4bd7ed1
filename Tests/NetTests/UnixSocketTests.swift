import Glibc
import TestThreads
import Testing
import Wire

@testable import Net

/// HTTP over a path in the file system, for those on this machine alone.
@Suite(.ownThread, .timeLimit(.minutes(1)))
struct UnixSocketTests {
    private static let here = try? WebAddress("http://callbridge")

    private static func client(_ house: House) -> HTTPClient {
        HTTPClient(loop: house.pool.loops[0], extraCAFile: nil, log: .init(to: Silence()))
    }

    /// A fresh path in a folder of the tests.
    private static func path(_ name: String) -> String { "\(Authority.shared.folder)/\(name).sock" }

    @Test func `a private path is its owner's alone from the first moment`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let path = Self.path("private")
        try await house.server.listen(.unix(path: path), isPrivate: true)
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        await house.server.close()
        #expect(access(path, F_OK) != 0)
    }

    @Test func `a request goes through a path, not to its address`() async throws {
        let house = try House(
            Answers { request, _ in
                .respond(HTTPResponse(status: 200, type: "text/plain", text: request.peer))
            })
        let path = Self.path("asked")
        try await house.server.listen(.unix(path: path))
        let response = try await Self.client(house).send(
            HTTPRequest(method: "GET", target: "/calls"), to: #require(Self.here), through: path,
            timeout: .seconds(20))
        #expect(response.status == 200)
        #expect(String(decoding: response.body, as: UTF8.self) == "unix")
    }

    @Test func `a path where nobody answers is no connection`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let client = Self.client(house)
        let here = try #require(Self.here)
        await #expect(throws: HTTPClientError.self) {
            try await client.send(
                HTTPRequest(method: "GET", target: "/"), to: here, through: Self.path("nobody"),
                timeout: .seconds(20))
        }
    }

    @Test func `a streamed body is given away as it comes, until that is enough`() async throws {
        let house = try House(
            Answers { _, _ in
                .stream(HTTPResponse(status: 200)) { body in
                    while await body.write(Array("tick\n".utf8)) {}
                }
            })
        let path = Self.path("stream")
        try await house.server.listen(.unix(path: path))
        let pieces = Guarded<[UInt8]>([])
        await #expect(throws: HTTPClientError.self) {
            try await Self.client(house).stream(
                HTTPRequest(method: "GET", target: "/"), to: #require(Self.here), through: path
            ) { piece in
                pieces.withLock { $0 += piece }
                return pieces.withLock { $0.count } < 50
            }
        }
        #expect(pieces.withLock { String(decoding: $0, as: UTF8.self) }.hasPrefix("tick\ntick\n"))
    }

    @Test func `a refusal is kept whole, for who asked to have a stream`() async throws {
        let house = try House(Answers { _, _ in .respond(.problem(status: 404)) })
        let path = Self.path("refusal")
        try await house.server.listen(.unix(path: path))
        let response = try await Self.client(house).stream(
            HTTPRequest(method: "GET", target: "/"), to: #require(Self.here), through: path
        ) { _ in
            Issue.record("a refusal is no stream")
            return true
        }
        #expect(response.status == 404 && !response.body.isEmpty)
    }
}
