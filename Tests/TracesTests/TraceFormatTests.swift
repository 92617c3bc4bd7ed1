import Calls
import Testing
import Traces
import Wire

@Suite struct TraceFormatTests {
    private static let all: [TraceRecord] = [
        .header(["call": "x"]), .now(.nanoseconds(5_000_000_001)),
        .wallClock(.seconds(1_767_603_600)),
        .fired(timer: 3), .input(["do": "begin"]), .now(.nanoseconds(5_000_000_000)),
        .text(socket: 1, Array("{}".utf8)), .binary(socket: 300, [0, 255]),
        .ponged(socket: 1, .milliseconds(-4)), .drained(socket: 2),
        .closed(socket: 2, SocketClosure(cause: .lost, code: 1006, reason: "reset")),
        .sent(socket: 1, isTaken: false, bytes: 1_000_000, hash: .max), .pinged(socket: 1),
        .closing(socket: 1, code: 4999, reason: "ü"), .aborted(socket: 1),
        .paused(socket: 1, true), .answered("hang up"), .told("promised"), .end(isComplete: true),
    ]

    private func written(_ records: [TraceRecord]) -> [UInt8] {
        var writer = TraceWriter()
        for record in records { writer.append(record) }
        return writer.bytes
    }

    @Test func `every record is read as it was written`() throws {
        #expect(try TraceReader.read(written(Self.all)) == Self.all)
    }

    @Test func `a trace that breaks off anywhere is read up to there, and says so`() throws {
        let bytes = written(Self.all)
        for length in TraceWriter.beginning.count..<bytes.count {
            let records = try TraceReader.read(Array(bytes[..<length]))
            #expect(records.last == .end(isComplete: false))
            #expect(records.dropLast() == Self.all.prefix(records.count - 1))
        }
    }

    @Test func `what is no trace is refused`() {
        #expect(throws: TraceFault.notATrace) { try TraceReader.read([]) }
        #expect(throws: TraceFault.notATrace) { try TraceReader.read(Array("cbtrace2".utf8)) }
        let unknown = TraceWriter.beginning + [99, 1, 0]
        #expect(throws: TraceFault.malformed(at: 8)) { try TraceReader.read(unknown) }
    }

    @Test func `every limit of a call is kept in its trace`() {
        let names = Mirror(reflecting: CallLimits()).children.compactMap(\.label)
        #expect(names.sorted() == CallLimits.tracedNames.sorted())
    }
}
