import TestDice
import Testing

@testable import Wire

@Suite struct WebSocketMachineTests {
    private func machine(_ role: WebSocketMachine.Role) -> WebSocketMachine {
        WebSocketMachine(role: role, messageBytesMax: WebSocketCases.messageBytesMax)
    }

    @Test(arguments: WebSocketCases.all)
    func `every dialogue of the table is heard as written`(_ dialogue: WebSocketCase) {
        var machine = machine(dialogue.role)
        #expect(machine.hear(dialogue.bytes).map(\.verdict) == dialogue.heard)
    }

    @Test(arguments: WebSocketCases.short)
    func `a stream cut anywhere says the same`(_ dialogue: WebSocketCase) {
        var whole = machine(dialogue.role)
        let heard = whole.hear(dialogue.bytes)
        for cut in 0...dialogue.bytes.count {
            var machine = machine(dialogue.role)
            #expect(machine.hear(dialogue.bytes, cutAt: [cut]) == heard, "cut at \(cut)")
            #expect(machine == whole, "cut at \(cut)")
        }
        var machine = machine(dialogue.role)
        #expect(machine.hear(dialogue.bytes, cutAt: dialogue.bytes.indices) == heard)
    }

    @Test(arguments: WebSocketCases.all)
    func `a stop after every event loses nothing`(_ dialogue: WebSocketCase) {
        var plain = machine(dialogue.role)
        let heard = plain.hear(dialogue.bytes)
        var stopping = machine(dialogue.role)
        #expect(stopping.hearStopping(dialogue.bytes) == heard)
        #expect(stopping == plain)
    }

    @Test(arguments: WebSocketCases.short)
    func `a successor goes on from any byte`(_ dialogue: WebSocketCase) {
        for cut in 0...dialogue.bytes.count {
            var old = machine(dialogue.role)
            _ = old.hear(dialogue.bytes[..<cut])
            var new = WebSocketMachine(snapshot: old.snapshot)
            #expect(new == old, "cut at \(cut)")
            #expect(new?.hear(dialogue.bytes[cut...]) == old.hear(dialogue.bytes[cut...]))
        }
    }

    @Test func `a successor of a stopped machine has what was held`() throws {
        let peer = PeerScript(role: .server)
        var old = machine(.server)
        var bytes = peer.text("one") + peer.text("two") + peer.frame(.ping) + [0x81]
        bytes.withUnsafeMutableBytes { old.receive($0) { _ in false } }
        var new = try #require(WebSocketMachine(snapshot: old.snapshot))
        #expect(new == old)
        #expect(new.isStopped)
        var heard: [Heard] = []
        new.resume {
            heard.append(Heard($0))
            return true
        }
        #expect(heard == [.text("two"), .ping([])])
        #expect(new.hear(peer.text("three").dropFirst()) == [.text("three")])
    }

    @Test func `bytes that are no snapshot make no machine`() {
        let peer = PeerScript(role: .client)
        var machine = machine(.client)
        _ = machine.hear(peer.text("begun", isFinal: false))
        let snapshot = machine.snapshot
        for count in snapshot.indices {
            #expect(WebSocketMachine(snapshot: Array(snapshot[..<count])) == nil)
        }
        var otherVersion = snapshot
        otherVersion[0] &+= 1
        #expect(WebSocketMachine(snapshot: otherVersion) == nil)
        var finished = snapshot
        finished[19] |= 0x80
        #expect(WebSocketMachine(snapshot: finished) == nil, "a replay may say nothing")
        var otherRole = snapshot
        otherRole[1] = 1
        #expect(WebSocketMachine(snapshot: otherRole) == nil, "a replay may break no rule")
    }

    @Test func `what arrives while stopped waits its turn`() {
        let peer = PeerScript(role: .client)
        var machine = machine(.client)
        var heard: [Heard] = []
        for text in ["one", "two", "three"] {
            var bytes = peer.text(text)
            bytes.withUnsafeMutableBytes { buffer in
                machine.receive(buffer) {
                    heard.append(Heard($0))
                    return false
                }
            }
        }
        #expect(heard == [.text("one")])
        machine.resume {
            heard.append(Heard($0))
            return true
        }
        #expect(heard == [.text("one"), .text("two"), .text("three")])
        #expect(machine == self.machine(.client))
    }

    @Test func `a machine that is never resumed holds only so much`() {
        var machine = machine(.client)
        var bytes = PeerScript(role: .client).frame(.ping) + [UInt8](repeating: 0, count: 1 << 16)
        var heard: [Heard] = []
        for _ in 0..<20 where !machine.hasEnded {
            bytes.withUnsafeMutableBytes { buffer in
                machine.receive(buffer) {
                    heard.append(Heard($0).verdict)
                    return false
                }
            }
        }
        #expect(heard == [.ping([]), .violation(1011, "")])
    }

    @Test(arguments: [WebSocketMachine.Role.client, .server])
    func `a message in one piece is handed out where it lies`(_ role: WebSocketMachine.Role) {
        let peer = PeerScript(role: role)
        var machine = machine(role)
        var bytes = peer.frame(.ping, [1]) + peer.text("Hello")
        bytes.withUnsafeMutableBytes { buffer in
            var ends: [UnsafeRawPointer?] = []
            machine.receive(buffer) {
                switch $0 {
                case .text(let bytes), .ping(let bytes):
                    ends.append(bytes.baseAddress.map { $0 + bytes.count })
                default: break
                }
                return true
            }
            let start = buffer.baseAddress.map { UnsafeRawPointer($0) }
            let pingBytes = peer.frame(.ping, [1]).count
            #expect(ends == [start.map { $0 + pingBytes }, start.map { $0 + buffer.count }])
        }
    }

    @Test func `nothing is kept between messages`() {
        let peer = PeerScript(role: .server)
        var machine = machine(.server)
        for bytes in [
            peer.text("whole"), peer.text("in ", isFinal: false) + peer.more("two", isFinal: true),
            peer.frame(.ping, [1, 2, 3]),
        ] {
            #expect(machine.hear(bytes, cutAt: bytes.indices).count == 1)
            #expect(machine == self.machine(.server))
            #expect(machine.message.bytes.capacity == 0)
            #expect(machine.control.capacity == 0)
            #expect(machine.cutHeader.capacity == 0)
        }
    }

    @Test func `a large message that was only declared takes little room`() {
        var machine = machine(.client)
        let peer = PeerScript(role: .client)
        _ = machine.hear(peer.header(0x82, length: [127, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF]) + [1])
        #expect(machine.message.bytes.count == 1)
        #expect(machine.message.bytes.capacity < 8_192)
    }

    @Test func `random streams in random pieces with random stops say the same`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("random streams: seed \(seed)")
        var dice = Dice(seed: seed)
        for round in 0..<400 {
            let role: WebSocketMachine.Role = Bool.random(using: &dice) ? .client : .server
            var stream = RandomStream(role: role, dice: Dice(seed: dice.next()))
            let bytes = stream.next()
            var whole = WebSocketMachine(role: role, messageBytesMax: 250)
            let heard = whole.hear(bytes)
            let cuts = (0..<Int.random(in: 0...12, using: &dice)).map { _ in
                Int.random(in: 0...bytes.count, using: &dice)
            }
            let place: Comment = "seed \(seed), round \(round)"
            var pieces = WebSocketMachine(role: role, messageBytesMax: 250)
            #expect(pieces.hear(bytes, cutAt: cuts.sorted()) == heard, place)
            #expect(pieces == whole, place)
            var stopping = WebSocketMachine(role: role, messageBytesMax: 250)
            #expect(stopping.hearStopping(bytes) == heard, place)
            #expect(WebSocketMachine(snapshot: whole.snapshot) == whole, place)
        }
    }
}
