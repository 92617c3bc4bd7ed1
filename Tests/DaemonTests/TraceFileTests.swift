import Calls
import Foundation
import Simulators
import Testing
import Traces

@testable import Daemon

/// Traces as a running daemon writes them.
@Suite(.serialized) struct TraceFileTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "callbridge-traces-\(UUID().uuidString)")

    @Test func `a call on real sockets leaves a trace that runs again to the last byte`()
        async throws
    {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await LiveHouse.open({ plan in
            plan.settings.log.traceDirectory = folder.path
            plan.agent = .speaking(1_000)
        }) { house in
            let order = try house.order(1, .speaking(.seconds(1), hangUp: .after(.seconds(2))))
            let result = try await house.phones.ring(order)
            #expect(result.isGood, "\(result.entries)")
            #expect(try await house.ending(of: order.callSID) == "caller_hung_up")
            try await house.until("the trace is whole") { trace(of: order.callSID) != nil }
            let records = try #require(trace(of: order.callSID))
            let outcome = try TraceReplay(records, announcements: .recorded()).run()
            #expect(outcome.difference == nil)
            #expect(outcome.isComplete)

            let redacted = try TraceRedaction(announcements: .recorded()).redact(records)
            #expect(redacted.difference == nil)
        }
    }

    /// The finished trace of a call; nil while there is none.
    private func trace(of call: String) -> [TraceRecord]? {
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        let file = files?.first { $0.lastPathComponent.hasPrefix(call) }
        guard let file, let data = try? Data(contentsOf: file),
            let records = try? TraceReader.read(Array(data)),
            records.last == .end(isComplete: true)
        else { return nil }
        return records
    }

    @Test func `traces are not to be had where nothing may be kept`() {
        let reader = ConfigurationReader(environment: [
            "TRACE_DIRECTORY": "/tmp", "PRIVACY": "strict",
        ])
        #expect(reader.read().configuration == nil)
    }
}
