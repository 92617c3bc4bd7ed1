import Testing
import Wire

@testable import Net

@Suite(.timeLimit(.minutes(1)))
struct HTTPServerTests {
    static let mirror = Answers { request, _ in
        .respond(
            HTTPResponse(
                status: 200, type: "text/plain",
                text: "\(request.method) \(request.target) \(request.body.count)\n"))
    }

    @Test func `requests on one connection are answered in their order`() async throws {
        let house = try House(Self.mirror)
        let peer = try await RawPeer.connect(to: try await house.open(), on: house.pool.loops[0])
        await peer.send(
            """
            GET /one HTTP/1.1\r\nHost: x\r\n\r\n\
            POST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc\
            GET /three HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n
            """)
        let all = await peer.hearAll()
        #expect(all.contains("GET /one 0\n"))
        #expect(all.contains("POST /two 3\n"))
        #expect(all.hasSuffix("GET /three 0\n"))
    }
}
