import Instruments
import Testing

@testable import Net

struct FaultLogTests {
    /// A clock that is moved by hand.
    final class Hands: TimeSource {
        let time = Guarded(Duration.zero)
        var now: Duration { time.withLock { $0 } }
        var wallClock: Duration { now }
    }

    /// Keeps what is written.
    final class Paper: LogSink {
        let lines = Guarded<[LogLine]>([])
        func write(_ line: LogLine) { lines.withLock { $0.append(line) } }
        var said: [String] {
            lines.withLock { lines in
                lines.map { line in
                    line.fields.filter { !["PEER", "DETAIL"].contains($0.name) }.map(\.value)
                        .joined(separator: " ")
                }
            }
        }
    }

    @Test func `a flood of faults is one line, and then how many there were`() {
        let (hands, paper) = (Hands(), Paper())
        let log = FaultLog(to: Log(to: paper), time: hands)
        for _ in 0..<5 { log.note(.tooManyConnections, from: "192.0.2.1") }
        log.note(.acceptFailed(24), from: "")
        #expect(paper.said == ["connection_limit 0", "accept 0"])
        hands.time.withLock { $0 = Reticence().pause }
        log.note(.tooManyConnections, from: "192.0.2.1")
        #expect(paper.said == ["connection_limit 0", "accept 0", "connection_limit 4"])
    }

    @Test func `every fault is told in a sentence`() {
        let faults: [NetFault] = [
            .acceptFailed(24), .tooManyConnections, .handshakeRefused("no shared cipher"),
            .timedOut(.answer), .timedOut(.head), .gaveWay, .cutOff(.body),
            .requestRefused(status: 426, reason: "why"),
            .protocolViolation(code: 1002, reason: "why"), .messageRefused, .answerUnusable("why"),
        ]
        #expect(faults.allSatisfy { "\($0)".contains(/^[A-Z][^()]+$/) })
    }

    @Test(arguments: [NetFault.timedOut(.head), .requestRefused(status: 413, reason: "too much")])
    func `what a peer does wrong is said once, and every time to who asks for it`(
        fault: NetFault
    ) {
        let (usual, curious, hurried) = (Paper(), Paper(), Paper())
        let logs = [
            Log(to: usual), Log(to: curious, threshold: .debug),
            Log(to: hurried, threshold: .notice),
        ].map { FaultLog(to: $0, time: Hands()) }
        for log in logs + logs { log.note(fault, from: "192.0.2.1") }
        #expect(usual.said == ["\(fault.name) 0"])
        #expect(curious.said == ["\(fault.name) 0", fault.name])
        #expect(hurried.said == [])
    }
}
