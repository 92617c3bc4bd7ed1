import Calls
import Foundation
import Instruments
import Net
import Systemd
import Testing
import Wire

@testable import Daemon

/// A dialer that is never asked.
private struct Nobody: AgentDialer {
    func dial(agent key: String, on loop: any Loop) async throws(DialFault) -> any MessageSocket {
        throw DialFault(.providerUnreachable, "nobody is there")
    }
}

/// The names of all meters: alerts and dashboards far from here depend on them.
@Suite(.serialized) struct MetricNamesTests {
    /// Every meter, sorted. A name that goes or changes breaks somebody's alert: say so where the
    /// changes are told, and change deploy/prometheus with it.
    private static let golden = [
        "callbridge_agent_chunks_stale_total", "callbridge_agent_frames_total",
        "callbridge_agent_round_trip_seconds", "callbridge_agents_lost_total",
        "callbridge_barge_in_seconds",
        "callbridge_breaker_open", "callbridge_breaker_opened_total", "callbridge_build_info",
        "callbridge_call_duration_seconds", "callbridge_call_faults_total", "callbridge_call_mos",
        "callbridge_caller_frames_dropped_total", "callbridge_caller_frames_late_total",
        "callbridge_caller_frames_lost_total", "callbridge_caller_frames_total",
        "callbridge_caller_jitter_seconds", "callbridge_caller_messages_refused_total",
        "callbridge_calls", "callbridge_calls_ended_total", "callbridge_calls_max",
        "callbridge_calls_refused_total", "callbridge_calls_revived_total",
        "callbridge_calls_total", "callbridge_calls_waiting", "callbridge_canaries_total",
        "callbridge_connections", "callbridge_dead_air_seconds", "callbridge_draining",
        "callbridge_emergencies_unanswered_total",
        "callbridge_first_audio_seconds", "callbridge_http_problems_total",
        "callbridge_http_requests_total", "callbridge_interruptions_total",
        "callbridge_log_lines_dropped_total", "callbridge_log_lines_waiting",
        "callbridge_loop_calls", "callbridge_loop_lag_seconds", "callbridge_net_faults_total",
        "callbridge_one_way_calls_total", "callbridge_outbound_calls_total",
        "callbridge_playback_refused_bytes_total", "callbridge_reloads_total",
        "callbridge_stream_events_total", "callbridge_stream_surprises_total",
        "callbridge_streams_lost_total", "callbridge_streams_refused_total",
        "callbridge_turn_gap_seconds",
        "callbridge_webhooks_repeated_total", "process_cpu_seconds_total", "process_max_fds",
        "process_open_fds", "process_resident_memory_bytes", "process_start_time_seconds",
    ]

    /// The meters of what only a service has: a folder for its calls, systemd to keep its streams.
    private static let ofServices = [
        "callbridge_descriptor_store_failures_total", "callbridge_journal_failures_total",
        "callbridge_streams_adopted_total", "callbridge_streams_kept_total",
    ]

    @Test func `a service whose calls survive it has these besides`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("callbridge-meters-\(UInt64.random(in: 0...UInt64.max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (board, log) = (MetricBoard(), Log(to: MemorySink()))
        let store = try #require(
            DescriptorStore(environment: ["NOTIFY_SOCKET": "@nobody"], board: board))
        defer { store.close() }
        _ = StreamStore(store, board)
        let loops = LoopPool(count: 1)
        _ = StreamAdoption(
            store: store, loops: loops, registry: CallRegistry(callsMax: 1),
            revival: .init(
                memories: { _ in nil },
                make: { memory in
                    Call(
                        memory.ticket, on: loops.loops[0],
                        with: CallServices(
                            limits: CallLimits(), dialer: Nobody(), listener: CallListeners([])),
                        onEnd: { _, _ in })
                }), log: log, board: board)
        _ = MemoryFiles(
            MemoryFiles.Plan(folder: folder.path, ageMax: .seconds(1), keepsWords: false),
            log: log, board: board, time: SystemTime())
        #expect(board.names.sorted() == Self.ofServices)
    }

    @Test func `the board has these names and no others`() async throws {
        try await LiveHouse.open { house in
            try await RunningService.open(house) { _ in
                let names = house.daemon.board.names.sorted()
                #expect(Set(names).subtracting(Self.golden).sorted() == [])
                #expect(Set(Self.golden).subtracting(names).sorted() == [])
            }
        }
    }

    /// Names that rules and dashboards in deploy/ use, as far as they are ours to keep.
    private static func used() throws -> [(name: String, file: String)] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let deploy = root.appendingPathComponent("deploy")
        let files = try FileManager.default.subpathsOfDirectory(atPath: deploy.path).filter {
            ($0.hasPrefix("prometheus/") || $0.hasPrefix("grafana/"))
                && [".yml", ".yaml", ".json", ".rules"].contains(where: $0.hasSuffix)
        }
        return try files.flatMap { file in
            let text = try String(
                contentsOf: deploy.appendingPathComponent(file), encoding: .utf8)
            // Recorded by a rule: `callbridge:…`, which is no name of the board.
            return text.matches(of: #/\b(?:callbridge|process)_[a-z0-9_]+\b/#).map {
                (String($0.output), file)
            }
        }
    }

    @Test func `whatever an alert or a dashboard asks for is on the board`() throws {
        let suffixes = ["_bucket", "_sum", "_count"]
        for (name, file) in try Self.used() {
            let base = suffixes.first(where: name.hasSuffix).map { String(name.dropLast($0.count)) }
            let known = Self.golden + Self.ofServices
            let isThere = known.contains(name) || base.map(known.contains) == true
            #expect(isThere, "\(name) in deploy/\(file) is no meter")
        }
    }

    @Test func `calls are counted by the state they are in`() async throws {
        try await LiveHouse.open({ $0.agent = .speaking(30_000) }) { house in
            let series = #"callbridge_calls{state=""#
            let caller = RudeCaller(house)
            let token = try await caller.ring()
            try await house.until(series + #"ringing"}"#, is: 1)
            try await caller.connect(token)
            try await house.until(series + #"in-progress"}"#, is: 1)
            #expect(try await house.meter(series + #"ringing"}"#) == 0)
            try await caller.hangUp()
            try await house.until(series + #"in-progress"}"#, is: 0)
            for state in ["connecting", "ending", "leaving", "away", "reconnecting"] {
                #expect(try await house.meter(series + state + #""}"#) == 0)
            }
            #expect(
                try await house.meter(
                    #"callbridge_build_info{version="\#(CallbridgeDaemon.version)"}"#) == 1)
            try await house.until("a loop was measured") {
                try await house.meter(#"callbridge_loop_lag_seconds_count{loop="0"}"#) > 0
            }
        }
    }
}
