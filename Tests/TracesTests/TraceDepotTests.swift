import Calls
import Glibc
import Instruments
import Switchboard
import Synchronization
import Testing
import Twilio

@testable import Traces

/// Files that take nothing, or not fast enough: no call waits, and what is lost is said.
@Suite struct TraceDepotTests {
    @Test func `a full disk takes nothing, and the log tells how much is missing`() async throws {
        let paper = Paper()
        let depot = try #require(
            TraceDepot(directory: "", log: Log(to: paper)) { _ in
                // Its every write is refused with ENOSPC (null(4)).
                .success(open("/dev/full", O_WRONLY))
            })
        let count = Count()
        try live(TraceRecorder(ticket(), CallLimits(), to: count), pieces: 3)
        try live(depot.recorder(ticket(), CallLimits()), pieces: 3)
        let line = await paper.next()
        #expect(line?.event == "trace.failed")
        #expect(line?.level == .warning)
        #expect(line?["CALL_SID"] == "CA00000000000000000000000000000001")
        #expect(line?["REASON"] == "No space left on device")
        #expect(line?["LOST_BYTES"] == "\(count.bytes.withLock { $0 })")
    }

    @Test func `a folder that gives no file loses the whole trace, and says why`() async throws {
        let paper = Paper()
        let depot = try #require(
            TraceDepot(directory: "/tmp/callbridge-no-such-folder", log: Log(to: paper)))
        try live(depot.recorder(ticket(), CallLimits()), pieces: 1)
        #expect(await paper.next()?["REASON"] == "No such file or directory")
    }

    @Test func `what the queue has no room for is lost, and the trace says that it is not whole`()
        async throws
    {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        let paper = Paper()
        let depot = try #require(
            TraceDepot(directory: "", log: Log(to: paper), waitingBytesMax: 1_000_000) { _ in
                .success(writing)
            })
        try fill(depot, until: reading)
        var trace: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(reading, &buffer, buffer.count), count > 0 {
            trace += buffer[..<count]
        }
        close(reading)
        let records = try TraceReader.read(trace)
        let pieces = records.count { $0 == Self.piece }
        #expect(pieces == 10)
        #expect(records.last == .end(isComplete: false))
        let line = await paper.next()
        #expect(line?["REASON"] == "too much waits to be written")
        let lost = Int(line?["LOST_BYTES"] ?? "")
        #expect(lost.map { (100_000..<100_100).contains($0) } == true)
    }

    /// Writes a trace that nobody takes: one piece is in the thread's hand, nine wait, one is lost
    /// and those after it are not even tried.
    private func fill(_ depot: TraceDepot, until reading: CInt) throws {
        let recorder = try #require(depot.recorder(ticket(), CallLimits()) as? TraceRecorder)
        // A pipe holds 64 KiB: once something is in it, the thread stands still.
        recorder.write(Self.piece)
        var ready = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        try #require(poll(&ready, 1, 60_000) == 1)
        try live(recorder, pieces: 12)
    }

    private static let piece = TraceRecord.text(
        socket: 1, [UInt8](repeating: UInt8(ascii: "x"), count: 100_000))

    /// A call that has so much to write down, and is over.
    private func live(_ recorder: any CallRecorder, pieces: Int) throws {
        let recorder = try #require(recorder as? TraceRecorder)
        for _ in 0..<pieces { recorder.write(Self.piece) }
    }

    private func ticket() throws -> CallTicket {
        let call = try #require(CallSID("CA00000000000000000000000000000001"))
        return CallTicket(
            call: call, session: "session_20260101_000000_00001", plan: CallPlan(),
            direction: .inbound, from: PhoneNumber("+15550100001"),
            to: PhoneNumber("+15550100002"))
    }
}

/// Counts a trace's bytes.
private final class Count: TraceSink {
    let bytes = Mutex(0)

    func take(_ bytes: [UInt8]) -> Bool {
        self.bytes.withLock { $0 += bytes.count }
        return true
    }

    func finish() {}
}

/// A log to be waited for.
private final class Paper: LogSink {
    private let pipe = AsyncStream<LogLine>.makeStream()

    func write(_ line: LogLine) { pipe.continuation.yield(line) }

    func next() async -> LogLine? {
        for await line in pipe.stream { return line }
        return nil
    }
}

extension LogLine {
    fileprivate subscript(_ name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}
