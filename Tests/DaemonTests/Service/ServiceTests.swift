import Instruments
import Net
import Simulators
import Synchronization
import Testing
import Wire

@testable import Daemon

/// What came of a tail so far.
private final class TailedLines: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func take(_ piece: [UInt8]) -> Bool {
        bytes.withLock { $0 += piece }
        return true
    }

    var texts: [String] { objects.compactMap { $0["text"]?.text } }
    var lost: Int { objects.compactMap { $0["lost"]?.whole }.reduce(0) { $0 + Int($1) } }

    private var objects: [JSON] {
        bytes.withLock { $0 }.split(separator: UInt8(ascii: "\n")).compactMap { line in
            try? JSON(parsing: Array(line))
        }
    }
}

/// What the manager hears of a living house, and what the operator asks of it.
@Suite(.serialized) struct ServiceTests {
    @Test func `it is ready with a status, and tells it again and again`() async throws {
        try await LiveHouse.open { house in
            try await RunningService.open(house) { service in
                try await house.until("a status") {
                    service.told.filter { $0.hasPrefix("STATUS=serving no calls") }.count > 1
                }
                #expect(
                    service.told.first == "READY=1\nSTATUS=serving no calls, agent not asked yet")
            }
        }
    }

    @Test func `SIGHUP reads again between RELOADING and READY`() async throws {
        try await LiveHouse.open { house in
            try await RunningService.open(house) { service in
                service.configure { $0.log.level = .debug }
                service.send(.hangUp)
                try await house.until("the dial is turned") { service.dial.level == .debug }
                try await house.until("it is ready again") {
                    service.told.filter { $0.hasPrefix("READY=1") }.count == 2
                }
                let told = service.told.filter { !$0.hasPrefix("STATUS=") }
                #expect(told.count == 3)
                #expect(told[1].hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
                #expect(
                    house.line("daemon.reload")?.field("DETAIL")?.contains("LOG_LEVEL is debug")
                        == true)
            }
        }
    }

    @Test func `a reload by the socket waits, and answers what is new`() async throws {
        try await LiveHouse.open { house in
            try await RunningService.open(house) { service in
                service.configure {
                    $0.guards.callsMax = 1
                    $0.listening.port = 4_000
                }
                let answer = try await service.ask("POST", "/reload")
                #expect(answer.status == 200)
                #expect(answer.json?["changed"]?.elements?.first?["name"] == "CALLS_MAX")
                #expect(answer.json?["restart"] == ["PORT"])
                // In force at once: the second caller finds no room.
                _ = try await RudeCaller(house, number: 1).ring()
                await #expect(throws: Overdue.self) {
                    try await RudeCaller(house, number: 2).ring()
                }
                #expect(try await service.ask("GET", "/").json?["calls_max"] == 1)

                service.configure(faults: ["PORT is 'x'"])
                let refusal = try await service.ask("POST", "/reload")
                #expect(refusal.status == 422)
                #expect(refusal.json?["faults"] == ["test.conf:3: PORT is 'x'"])
                #expect(try await service.ask("GET", "/").json?["calls_max"] == 1)
                #expect(house.line("daemon.reload_refused")?.level == .error)
            }
        }
    }

    @Test func `calls are listed, shown and ended by the operator`() async throws {
        try await LiveHouse.open({ $0.agent = .speaking(30_000) }) { house in
            try await RunningService.open(house) { service in
                let caller = try await RudeCaller.talking(in: house)
                let list = try await service.ask("GET", "/calls").json
                #expect(list?["calls"]?.elements?.first?["call_sid"]?.text == caller.call)
                #expect(list?["status"]?.text?.hasPrefix("serving 1 call, agent ok") == true)
                let session = try #require(
                    list?["calls"]?.elements?.first?["session_id"]?.text)
                for id in [caller.call, session, String(session.dropLast(2))] {
                    let call = try await service.ask("GET", "/calls/\(id)").json
                    #expect(call?["call_sid"]?.text == caller.call)
                    #expect(call?["from"]?.text != "+15550100001")
                }
                #expect(try await service.ask("GET", "/calls/CA9").status == 404)
                #expect(try await service.ask("POST", "/calls/CA9/end").status == 404)
                #expect(try await service.ask("GET", "/nothing").status == 404)
                #expect(try await service.ask("GET", "/drain").status == 405)

                let answer = try await service.ask("POST", "/calls/\(session)/end")
                #expect(answer.json?["reason"] == "operator_ended")
                #expect(try await house.ending(of: caller.call) == "operator_ended")
            }
        }
    }

    @Test func `a drain waits for its call, asks for time, and is told`() async throws {
        try await LiveHouse.open({ $0.agent = .speaking(30_000) }) { house in
            try await RunningService.open(house) { service in
                let caller = try await RudeCaller.talking(in: house)
                #expect(try await service.ask("POST", "/drain").status == 202)
                try await house.until("time is asked for twice") {
                    service.told.filter { $0 == "EXTEND_TIMEOUT_USEC=30000000" }.count > 1
                }
                #expect(
                    service.told.contains(
                        "STOPPING=1\nSTATUS=draining: 1 call open, for at most 59 min"))
                #expect(try await house.get("/readyz").status == 503)
                #expect(try await service.ask("GET", "/").json?["state"] == "draining")
                let late = try await service.ask("POST", "/reload")
                #expect(late.json?["faults"] == ["the daemon is draining"])
                try await caller.hangUp()
                // Read all the while: the manager's queue takes ten messages.
                try await house.until("it stops") {
                    service.told.last == "STOPPING=1\nSTATUS=stopping"
                }
                await service.finished()
            }
        }
    }

    @Test func `a drain ends its calls when it has lasted longest`() async throws {
        try await LiveHouse.open({
            $0.agent = .speaking(30_000)
            $0.settings.guards.drainMax = .milliseconds(100)
        }) { house in
            try await RunningService.open(house) { service in
                let caller = try await RudeCaller.talking(in: house)
                service.send(.terminate)
                #expect(try await house.ending(of: caller.call) == "callbridge_stopped")
                await service.finished()
                #expect(house.line("daemon.drain_over")?.level == .warning)
            }
        }
    }

    @Test func `a tail begins with the last lines and goes on with every new one`() async throws {
        try await LiveHouse.open { house in
            try await RunningService.open(house) { service in
                let client = try #require(house.peers.withLock { $0 }).client
                let host = try #require(HTTPClient.controlHost)
                for number in 1...3 {
                    service.ring.write(LogLine(level: .info, text: "\(number)", event: "test"))
                }
                let tailed = TailedLines()
                let tail = Task {
                    _ = try? await client.stream(
                        HTTPRequest(method: "GET", target: "/tail?lines=2"), to: host,
                        through: service.path
                    ) { tailed.take($0) }
                }
                try await house.until("the last two") { tailed.texts == ["2", "3"] }
                service.ring.write(LogLine(level: .info, text: "4", event: "test"))
                try await house.until("the next") { tailed.texts == ["2", "3", "4"] }
                tail.cancel()
                await tail.value
            }
        }
    }

    @Test func `a tail that is read too slowly is told how many lines it has lost`() async throws {
        try await LiveHouse.open { house in
            try await RunningService.open(house) { service in
                let host = try #require(HTTPClient.controlHost)
                let slow = LoopPool(count: 1)
                defer { slow.stop() }
                let client = HTTPClient(
                    loop: slow.loops[0], extraCAFile: nil, log: Log(to: SilentSink()))
                let tailed = TailedLines()
                let block = Block()
                let tail = Task {
                    _ = try? await client.stream(
                        HTTPRequest(method: "GET", target: "/tail?lines=1"), to: host,
                        through: service.path
                    ) { piece in
                        // A terminal that somebody has stopped.
                        block.hold()
                        return tailed.take(piece)
                    }
                }
                try await house.until("it follows") {
                    service.ring.write(LogLine(level: .info, text: "first", event: "test"))
                    return block.isHolding
                }
                let text = String(repeating: "x", count: 1_000)
                let all = LogFollower.waitingMax * 10
                for _ in 1...all {
                    service.ring.write(LogLine(level: .info, text: text, event: "test"))
                }
                block.release()
                try await house.until("the gap") { tailed.lost > 0 }
                service.ring.write(LogLine(level: .info, text: "last", event: "test"))
                try await house.until("the last line") { tailed.texts.last == "last" }
                // Each line was read or is told as lost.
                let whole = tailed.texts.filter { $0 == text }.count
                #expect(whole + tailed.lost == all)
                tail.cancel()
                await tail.value
            }
        }
    }
}
