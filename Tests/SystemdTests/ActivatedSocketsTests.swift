import CSystemd
import Glibc
import Testing

@testable import Systemd

/// Two listeners and a connected pair's end, side by side as systemd passes them.
private final class PassedSockets {
    let first: Int32
    private let all: [Int32]

    init?(listening: [Bool]) {
        // The upper half of what is allowed, where no other test's descriptor lies between them:
        // the kernel hands out the lowest free number.
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return nil
        }
        let most = Int32(clamping: min(limit.rlim_cur, 65_536))
        let base = Int32.random(in: most / 2..<most - 8)
        var taken: [Int32] = []
        for (index, isListening) in listening.enumerated() {
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let isBound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isListening { listen(socket, 1) }
            let wanted = base + Int32(index)
            let moved = fcntl(socket, F_DUPFD, wanted)
            close(socket)
            taken.append(moved)
            guard isBound, moved == wanted else {
                taken.forEach { close($0) }
                return nil
            }
        }
        first = base
        all = taken
    }

    deinit { all.forEach { close($0) } }
}

@Suite(.serialized) struct ActivatedSocketsTests {
    private func environment(_ count: String, names: String?, process: String = "77")
        -> [String: String]
    {
        var environment = ["LISTEN_PID": process, "LISTEN_FDS": count]
        environment["LISTEN_FDNAMES"] = names
        return environment
    }

    private func passed(_ listening: Bool...) throws -> PassedSockets {
        for _ in 0..<20 {
            if let sockets = PassedSockets(listening: listening) { return sockets }
        }
        return try #require(nil as PassedSockets?)
    }

    @Test func `sockets are found by name and made ready`() throws {
        let sockets = try passed(true, true, true)
        let found = try ActivatedSockets(
            environment: environment("3", names: "http:metrics:http"), processID: 77,
            firstDescriptor: sockets.first)
        #expect(found.all.map(\.name) == ["http", "metrics", "http"])
        #expect(found.all.map(\.descriptor) == [0, 1, 2].map { sockets.first + $0 })
        for socket in found.all {
            #expect(fcntl(socket.descriptor, F_GETFL) & O_NONBLOCK != 0)
            #expect(fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC != 0)
        }
    }

    @Test func `sockets without names are unknown`() throws {
        let sockets = try passed(true)
        let found = try ActivatedSockets(
            environment: environment("1", names: nil), processID: 77,
            firstDescriptor: sockets.first)
        #expect(found.all == [ActivatedSocket(name: "unknown", descriptor: sockets.first)])
    }

    @Test func `another process's sockets are not ours`() throws {
        let found = try ActivatedSockets(
            environment: environment("2", names: "a:b", process: "76"), processID: 77)
        #expect(found.all.isEmpty)
        #expect(try ActivatedSockets(environment: [:], processID: 77).all.isEmpty)
    }

    @Test func `a socket that does not listen is refused by name`() throws {
        let sockets = try passed(true, false)
        let second = ActivatedSocket(name: "odd", descriptor: sockets.first + 1)
        #expect(throws: ActivationFault.notListening(second)) {
            try ActivatedSockets(
                environment: environment("2", names: "http:odd"), processID: 77,
                firstDescriptor: sockets.first)
        }
    }

    @Test func `a fault is told in words`() {
        let faults = [
            ActivationFault.malformed(variable: "LISTEN_FDS"),
            .notListening(ActivatedSocket(name: "odd", descriptor: 4)),
        ]
        #expect(
            faults.map { "\($0)" } == [
                "$LISTEN_FDS is not what systemd writes",
                "odd does not listen; its unit needs ListenStream= and Accept=no",
            ])
    }

    @Test func `a descriptor that is no socket is refused`() throws {
        let closed = ActivatedSocket(name: "http", descriptor: 900_000)
        #expect(throws: ActivationFault.notListening(closed)) {
            try ActivatedSockets(
                environment: environment("1", names: "http"), processID: 77,
                firstDescriptor: 900_000)
        }
    }

    @Test(arguments: [
        ("LISTEN_PID", "me"), ("LISTEN_FDS", "-1"), ("LISTEN_FDS", "many"), ("LISTEN_FDS", "20065"),
        ("LISTEN_FDNAMES", "one"), ("LISTEN_FDNAMES", "one:two:three"),
    ])
    func `variables that systemd does not write are named`(variable: String, text: String) {
        var variables = environment("2", names: "a:b")
        variables[variable] = text
        #expect(throws: ActivationFault.malformed(variable: variable)) {
            try ActivatedSockets(environment: variables, processID: 77)
        }
    }
}
