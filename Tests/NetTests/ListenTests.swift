import Glibc
import TestThreads
import Testing
import Wire

@testable import Net

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct ListenTests {
    @Test func `listening addresses are read and written`() throws {
        #expect(try ListenAddress("127.0.0.1:3000") == .tcp(host: "127.0.0.1", port: 3000))
        #expect(try ListenAddress("[::1]:0") == .tcp(host: "::1", port: 0))
        #expect(try ListenAddress(":3000") == .tcp(host: "", port: 3000))
        #expect(try ListenAddress("localhost:80") == .tcp(host: "localhost", port: 80))
        #expect(try ListenAddress("unix:/run/x.sock") == .unix(path: "/run/x.sock"))
        for text in ["127.0.0.1:3000", "[::1]:0", ":3000", "unix:/run/x.sock"] {
            #expect(try ListenAddress(text).text == text)
        }
    }

    @Test(arguments: [
        ("3000", ListenAddressError.port), ("", .port), ("host:", .port), ("host:65536", .port),
        ("host:+1", .port), ("[::1:80", .host), ("::1:80", .host), ("[name]:80", .host),
        ("a b:80", .host), ("unix:", .path),
        ("unix:/\(String(repeating: "x", count: 108))", .path),
    ])
    func `an address that cannot be meant is refused`(_ text: String, _ error: ListenAddressError) {
        #expect(throws: error) { try ListenAddress(text) }
    }

    @Test func `a name is listened to by its address`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let bound = try await house.server.listen(.tcp(host: "localhost", port: 0))
        guard case .tcp(let host, let port) = bound else { return }
        #expect(["127.0.0.1", "::1"].contains(host) && port > 0)
    }

    @Test func `two servers do not share an address`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let port = try await house.open()
        await #expect(throws: ListenError.self) {
            try await house.server.listen(.tcp(host: "127.0.0.1", port: port))
        }
    }

    @Test func `a Unix path left behind is taken over, one in use is not`() async throws {
        let path = "\(Authority.shared.folder)/left.sock"
        let left = try ListenSocket.open(.unix(path: path))
        let house = try House(HTTPServerTests.mirror)
        await #expect(throws: ListenError.self) {
            try await house.server.listen(.unix(path: path))
        }
        // Its process dies: the path stays, nobody answers.
        Glibc.close(left.descriptor)
        #expect(try await house.server.listen(.unix(path: path)) == .unix(path: path))
        await house.server.close()
        #expect(access(path, F_OK) != 0)
    }

    @Test func `a listener that was inherited stays its maker's`() async throws {
        // As systemd passes it: blocking, and also held by its maker.
        let maker = try ListenSocket.open(.tcp(host: "127.0.0.1", port: 0))
        guard case .tcp(_, let port) = maker.address else { return }
        _ = fcntl(maker.descriptor, F_SETFL, fcntl(maker.descriptor, F_GETFL) & ~O_NONBLOCK)
        let house = try House(HTTPServerTests.mirror)
        let address = ListenAddress.inherited(descriptor: dup(maker.descriptor), name: "http")
        #expect(try await house.server.listen(address) == address)
        #expect(fcntl(maker.descriptor, F_GETFL) & O_NONBLOCK != 0)
        let peer = try await RawPeer.connect(to: port, on: house.pool.loops[0])
        await peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(await peer.hearAll().hasSuffix("[]\n"))
        await house.server.stopAccepting()
        // Still listening: the next connection waits for whoever accepts next.
        _ = try await RawPeer.connect(to: port, on: house.pool.loops[0])
        var waiting = pollfd(fd: maker.descriptor, events: Int16(POLLIN), revents: 0)
        #expect(poll(&waiting, 1, 20_000) == 1)
        #expect(waiting.revents & Int16(POLLHUP) == 0)
        maker.close()
    }

    @Test func `one address is left and the others stay`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let left = try await house.server.listen(.tcp(host: "127.0.0.1", port: 0))
        let kept = try await house.server.listen(.tcp(host: "127.0.0.1", port: 0))
        await house.server.stopAccepting(at: left)
        #expect(Self.connects(left) == false)
        #expect(Self.connects(kept) == true)
    }

    /// Whether somebody listens there.
    private static func connects(_ address: ListenAddress) -> Bool? {
        guard case .tcp(let host, let port) = address,
            let place = SocketAddress(digits: host, port: port)
        else { return nil }
        let descriptor = Socket.make(place.family)
        defer { Glibc.close(descriptor) }
        _ = fcntl(descriptor, F_SETFL, 0)
        return place.withPointer { connect(descriptor, $0, $1) } == 0
    }

    @Test func `a descriptor that does not listen is not inherited`() async throws {
        let house = try House(HTTPServerTests.mirror)
        await #expect(throws: ListenError.self) {
            try await house.server.listen(.inherited(descriptor: 0, name: "stdin"))
        }
    }

    @Test func `a server that closes lets idle peers go and accepts no more`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let port = try await house.open()
        let peer = try await RawPeer.connect(to: port, on: house.pool.loops[0])
        await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await peer.hear("[]\n") != nil)
        await house.server.close()
        #expect(await peer.hearAll() == "")
        await #expect(throws: (any Error).self) {
            try await RawPeer.connect(to: port, on: house.pool.loops[0])
        }
    }

    @Test func `a server that accepts no more ends each connection with its answer`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let peer = try await RawPeer.connect(to: try await house.open(), on: house.pool.loops[0])
        await peer.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await peer.hear("[]\n") != nil)
        await house.server.stopAccepting()
        await peer.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await peer.hearAll().contains("Connection: close\r\n"))
    }
}
