import Glibc
import Instruments
import Testing

@testable import Systemd

@Suite struct NotifierTests {
    @Test func `every word of the protocol arrives as it must be`() throws {
        let manager = try #require(DatagramReader())
        let notifier = Notifier(environment: ["NOTIFY_SOCKET": manager.path])
        #expect(notifier.isHeard)
        #expect(notifier.ready(status: "0 calls"))
        #expect(manager.nextText() == "READY=1\nSTATUS=0 calls")
        #expect(notifier.ready())
        #expect(manager.nextText() == "READY=1")
        #expect(notifier.status("3 calls, draining"))
        #expect(manager.nextText() == "STATUS=3 calls, draining")
        #expect(notifier.reloading(at: .seconds(5) + .microseconds(7)))
        #expect(manager.nextText() == "RELOADING=1\nMONOTONIC_USEC=5000007")
        #expect(notifier.beat())
        #expect(manager.nextText() == "WATCHDOG=1")
        #expect(notifier.extend(by: .milliseconds(1_500)))
        #expect(manager.nextText() == "EXTEND_TIMEOUT_USEC=1500000")
        #expect(notifier.stopping(status: "draining"))
        #expect(manager.nextText() == "STOPPING=1\nSTATUS=draining")
    }

    @Test func `the abstract namespace works as well`() throws {
        let name = "@callbridge-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let manager = try #require(DatagramReader(path: name))
        #expect(Notifier(environment: ["NOTIFY_SOCKET": name]).ready())
        #expect(manager.nextText() == "READY=1")
    }

    @Test func `a status cannot smuggle another assignment`() throws {
        let manager = try #require(DatagramReader())
        let notifier = Notifier(environment: ["NOTIFY_SOCKET": manager.path])
        notifier.status("one\nMAINPID=1\r\u{0}")
        #expect(manager.nextText() == "STATUS=one MAINPID=1  ")
    }

    @Test(arguments: [
        nil, "", "/", "relative", "vsock:2:1", "@" + String(repeating: "x", count: 200),
    ])
    func `without a manager nothing happens`(socket: String?) {
        let notifier = Notifier(environment: socket.map { ["NOTIFY_SOCKET": $0] } ?? [:])
        #expect(!notifier.isHeard)
        #expect(notifier.ready())
        #expect(notifier.beat())
    }

    @Test func `a manager that is gone is told as such`() {
        let notifier = Notifier(environment: ["NOTIFY_SOCKET": "/tmp/callbridge-nobody/notify"])
        #expect(notifier.isHeard)
        #expect(!notifier.ready())
    }

    @Test func `a manager that does not read never holds a beat up`() throws {
        let manager = try #require(DatagramReader())
        let notifier = Notifier(environment: ["NOTIFY_SOCKET": manager.path])
        var sent = 0
        while sent < 100_000, notifier.beat() { sent += 1 }
        #expect(sent > 0 && sent < 100_000)
        while manager.waiting() != nil { sent -= 1 }
        #expect(sent == 0)
        #expect(notifier.beat())
    }
}
