import CSystemd
import Glibc
import Instruments
import Testing

@testable import Systemd

@Suite(.timeLimit(.minutes(1))) struct DescriptorStoreTests {
    /// A manager that reads what it is sent, descriptors and all.
    private final class Manager {
        let name = "@callbridge-store-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        private let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)

        init() throws {
            let address = try #require(UnixAddress(name))
            #expect(address.withSocketAddress { bind(socket, $0, $1) } == 0)
        }

        deinit { close(socket) }

        func next() -> (text: String, descriptors: Int) {
            var text = [UInt8](repeating: 0, count: 512)
            var control = [UInt8](repeating: 0, count: 128)
            var count = 0
            var room = 0
            text.withUnsafeMutableBytes { text in
                control.withUnsafeMutableBytes { control in
                    var part = iovec(iov_base: text.baseAddress, iov_len: text.count)
                    withUnsafeMutablePointer(to: &part) { part in
                        var message = msghdr()
                        message.msg_iov = part
                        message.msg_iovlen = 1
                        message.msg_control = control.baseAddress
                        message.msg_controllen = control.count
                        count = recvmsg(socket, &message, 0)
                        room = message.msg_controllen
                    }
                }
            }
            // A header of 16 bytes and 4 for each descriptor, filled up to 8.
            return (String(decoding: text.prefix(max(count, 0)), as: UTF8.self), room)
        }
    }

    private static func number(_ descriptor: Int32) -> ino_t {
        var facts = stat()
        return fstat(descriptor, &facts) == 0 ? facts.st_ino : 0
    }

    /// How many descriptors of ours are that socket.
    private static func open(_ number: ino_t) -> Int {
        (0..<Int32(65_536)).count { Self.number($0) == number }
    }

    @Test func `what is stored is sent with its name, and taken back by it`() throws {
        let manager = try Manager()
        let store = try #require(
            DescriptorStore(
                environment: ["NOTIFY_SOCKET": manager.name], board: MetricBoard()))
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let number = Self.number(ends[0])
        store.store("call-CA1", ends)
        store.remove("call-CA1")
        let first = manager.next()
        #expect(first.text == "FDSTORE=1\nFDNAME=call-CA1\nFDPOLL=0")
        #expect(first.descriptors == 24)
        let second = manager.next()
        #expect(second.text == "FDSTOREREMOVE=1\nFDNAME=call-CA1")
        #expect(second.descriptors == 0)
        store.close()
        // Ours are closed: what is left is the manager's.
        #expect(Self.open(number) == 1)
    }

    @Test func `without a manager there is no store`() {
        #expect(DescriptorStore(environment: [:], board: MetricBoard()) == nil)
    }

    @Test func `a manager that is gone costs what it was to keep`() throws {
        let name = try Manager().name
        let board = MetricBoard()
        let store = try #require(
            DescriptorStore(environment: ["NOTIFY_SOCKET": name], board: board))
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        let number = Self.number(socket)
        store.store("call-CA1", [socket])
        store.close()
        #expect(Self.open(number) == 0)
    }
}
