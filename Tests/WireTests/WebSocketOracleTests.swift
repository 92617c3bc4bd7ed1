import TestDice
import Testing

@testable import Wire

/// The machine against libwslay 1.1.1. They agree but for four things, all listed in `isKnown`.
@Suite struct WebSocketOracleTests {
    /// Whether two verdicts differ only where we mean to differ.
    private func isKnown(_ ours: Heard, _ theirs: Heard) -> Bool {
        switch (ours, theirs) {
        case (.violation(1002, let reason), .violation(1005, "")):
            // Faults of a header: wslay closes without naming a code, we say 1002.
            Self.headerFaults.contains(reason)
        case (.violation(1002, let reason), .close(1005, "")):
            // Half a code in a close frame: wslay overlooks the byte (section 5.5.1 wants two).
            reason == WebSocketViolation.closeOfOneByte.reason
        case (.violation(1002, let reason), .violation(1007, "")):
            // A bad code and a reason that is no text: wslay reads the reason first.
            reason == WebSocketViolation.closeCode.reason
        case (.close(1012...1014, _), .violation(1002, "")):
            // Codes registered after RFC 6455, which wslay does not know.
            true
        default:
            ours.verdict == theirs
        }
    }

    private static let headerFaults: Set<String> = Set(
        [
            WebSocketViolation.reservedBit, .reservedOpcode, .paddedLength, .lengthTopBit,
            .fragmentedControl, .longControl, .maskedByServer, .unmaskedByClient,
        ].map(\.reason))

    /// What both read behind a stream. wslay judges a header when it is whole and a limit when
    /// the first byte comes, we judge at once; it looks into unfinished close frames, we do not.
    /// Behind this both have come to the same place.
    private static let padding = [UInt8](repeating: 0, count: 140)

    private func agree(_ ours: [Heard], _ theirs: [Heard]) -> Bool {
        ours.count == theirs.count && zip(ours, theirs).allSatisfy(isKnown)
    }

    @Test(arguments: WebSocketCases.all)
    func `wslay hears the same dialogues`(_ dialogue: WebSocketCase) {
        let limit = WebSocketCases.messageBytesMax
        var machine = WebSocketMachine(role: dialogue.role, messageBytesMax: limit)
        let oracle = WslayOracle(role: dialogue.role, messageBytesMax: limit)
        let bytes = dialogue.bytes + Self.padding
        let (ours, theirs) = (machine.hear(bytes), oracle.read(bytes))
        #expect(agree(ours, theirs), "\(ours.suffix(2)) \(theirs.suffix(2))")
    }

    @Test func `wslay judges random streams the same`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("wslay and random streams: seed \(seed)")
        var dice = Dice(seed: seed)
        var faults = 0
        for round in 0..<2_000 {
            let role: WebSocketMachine.Role = Bool.random(using: &dice) ? .client : .server
            var stream = RandomStream(role: role, dice: Dice(seed: dice.next()))
            let bytes = stream.next() + Self.padding
            var machine = WebSocketMachine(role: role, messageBytesMax: 250)
            let oracle = WslayOracle(role: role, messageBytesMax: 250)
            let (ours, theirs) = (machine.hear(bytes), oracle.read(bytes))
            if !agree(ours, theirs) {
                Issue.record("seed \(seed), round \(round): \(ours) \(theirs) \(bytes)")
                return
            }
            if case .violation = ours.last { faults += 1 }
        }
        #expect(faults > 200, "bent streams are part of the trial")
    }

    @Test(arguments: [WebSocketMachine.Role.client, .server])
    func `the machine reads what wslay writes`(_ role: WebSocketMachine.Role) {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("wslay writes: seed \(seed)")
        var stream = RandomStream(role: role, dice: Dice(seed: seed))
        let peer = WslayOracle(
            role: role == .client ? .server : .client, messageBytesMax: 1 << 20)
        var machine = WebSocketMachine(role: role, messageBytesMax: 1 << 20)
        for size in [0, 1, 7, 8, 9, 125, 126, 127, 4_096, 65_535, 65_536, 70_000] {
            let payload = stream.noise(of: size)
            #expect(machine.hear(peer.write(.binary, payload)) == [.binary(payload)])
            let text = stream.text()
            let said: Heard = .text(String(decoding: text, as: UTF8.self))
            #expect(machine.hear(peer.write(.text, text)) == [said])
            let short = Array(payload.prefix(125))
            #expect(machine.hear(peer.write(.ping, short)) == [.ping(short)])
            #expect(machine.hear(peer.write(.pong, short)) == [.pong(short)])
        }
        let close = WebSocketClose.payload(code: 4_001, reason: "ende")
        #expect(machine.hear(peer.write(.close, close)) == [.close(4_001, "ende")])
    }

    @Test(arguments: [WebSocketMachine.Role.client, .server])
    func `wslay reads what we seal`(_ role: WebSocketMachine.Role) {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("wslay reads: seed \(seed)")
        var stream = RandomStream(role: role, dice: Dice(seed: seed))
        let oracle = WslayOracle(role: role, messageBytesMax: 1 << 20)
        for size in [0, 1, 7, 8, 9, 31, 125, 126, 127, 4_097, 65_535, 65_536, 70_001] {
            let payload = stream.noise(of: size)
            #expect(oracle.read(stream.frame(.binary, payload)) == [.binary(payload)])
            let short = Array(payload.prefix(125))
            #expect(oracle.read(stream.frame(.ping, short)) == [.ping(short)])
            #expect(oracle.read(stream.frame(.pong, short)) == [.pong(short)])
        }
        let reason = String(repeating: "é", count: 100)
        let close = WebSocketClose.payload(code: 1_011, reason: reason)
        let cut = String(reason.prefix(61))
        #expect(oracle.read(stream.frame(.close, close)) == [.close(1_011, cut)])
    }
}
