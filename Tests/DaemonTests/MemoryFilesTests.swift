import Calls
import Front
import Glibc
import Instruments
import Switchboard
import Testing
import Twilio
import Wire

@testable import Daemon

/// Memories of calls in files; files that were closed stand for a process that is gone.
@Suite struct MemoryFilesTests {

    private static func call(_ number: Int) throws -> CallSID {
        let digits = "\(number)"
        return try #require(
            CallSID("CA" + String(repeating: "0", count: 32 - digits.count) + digits))
    }

    private static func memory(_ number: Int, said words: String...) throws -> CallMemory {
        let now = Duration.milliseconds(1_767_225_600_000)
        var conversation = Conversation()
        for each in words { conversation.callerSaid(each) }
        return CallMemory(
            ticket: CallTicket(
                call: try call(number), session: "session_20260101_000000_00001",
                plan: CallPlan(), direction: .inbound, from: PhoneNumber("+15550100001"),
                to: PhoneNumber("+15550100002")),
            startedAt: now, rememberedAt: now, conversations: 1, conversation: conversation)
    }

    @Test func `the newest memory of a call whose process is gone is taken over, once read again`()
        async throws
    {
        let place = try MemoryPlace()
        let first = place.memories()
        first.remember(try Self.memory(1, said: "Hello."))
        first.remember(try Self.memory(1, said: "Hello.", "It is me."))
        first.remember(try Self.memory(2))
        first.close()
        #expect(place.files.count == 2)

        let second = place.memories()
        let wanted = try Self.memory(1, said: "Hello.", "It is me.")
        #expect(await second.take(try Self.call(1)) == wanted)
        #expect(await second.take(try Self.call(1)) == wanted)
        #expect(await second.take(try Self.call(3)) == nil)
        second.forget(try Self.call(1))
        second.close()
        // The other one waits for whoever is asked about it.
        #expect(place.files.count == 1)
        #expect(place.line("journal.opened")?.fields.first { $0.name == "FOUND" }?.value == "2")
    }

    @Test func `a living process keeps its calls, and of two that take one succeeds`()
        async throws
    {
        let place = try MemoryPlace()
        let living = place.memories()
        living.remember(try Self.memory(1))
        // Asked behind the memory, answered when that is written: a process may take its own.
        while await living.take(try Self.call(1)) == nil {}
        let (second, third) = (place.memories(), place.memories())
        #expect(await second.take(try Self.call(1)) == nil)
        living.close()
        let call = try Self.call(1)
        async let one = second.take(call)
        async let other = third.take(call)
        let taken = await [one, other].compactMap { $0 }
        #expect(taken.count == 1)
        second.close()
        third.close()
    }

    @Test func `what was asked for a call is on the disk when that was waited for`() async throws {
        let place = try MemoryPlace()
        let memories = place.memories()
        for number in 1...20 { memories.remember(try Self.memory(number)) }
        await memories.kept(try Self.call(20))
        #expect(place.files.contains { $0.hasSuffix("20.json") })
        for number in 1...20 { memories.forget(try Self.call(number)) }
        await memories.kept(try Self.call(20))
        #expect(!place.files.contains { $0.hasSuffix("20.json") })
        await memories.kept(try Self.call(21))
        memories.close()
        await memories.kept(try Self.call(1))
        #expect(place.files.isEmpty)
    }

    @Test func `files are for this user alone, and a call that is over leaves none`() throws {
        let place = try MemoryPlace()
        let memories = place.memories()
        memories.remember(try Self.memory(1))
        memories.remember(try Self.memory(2))
        memories.forget(try Self.call(2))
        memories.close()
        #expect(place.files.count == 1)
        var facts = stat()
        #expect(stat(try #require(place.files.first), &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o600)
    }

    @Test func `what is older than the longest call is swept out, as are empty folders`() throws {
        let place = try MemoryPlace()
        let memories = place.memories()
        memories.remember(try Self.memory(1))
        memories.close()
        let file = try #require(place.files.first)
        var long = utimbuf(actime: 1, modtime: 1)
        #expect(utime(file, &long) == 0)
        place.memories().close()
        #expect(place.files.isEmpty)
        #expect(place.folders.isEmpty)
    }

    @Test func `a file of another shape is told without its words, and nobody is revived`()
        async throws
    {
        let place = try MemoryPlace()
        let first = place.memories()
        first.remember(try Self.memory(1, said: "secret"))
        first.close()
        let file = try #require(place.files.first)
        #expect(truncate(file, 200) == 0)
        let second = place.memories()
        #expect(await second.take(try Self.call(1)) == nil)
        let line = place.line("journal.unreadable")
        #expect(line != nil)
        #expect(line.map { "\($0)".contains("secret") } == false)
        second.close()
    }

    @Test func `a folder that cannot be used is told once, and calls go on`() async throws {
        let place = try MemoryPlace()
        let memories = place.memories(in: "/proc/self/status/calls")
        for _ in 0..<3 { memories.remember(try Self.memory(1)) }
        #expect(await memories.take(try Self.call(1)) == nil)
        memories.close()
        #expect(place.sink.lines.filter { $0.event == "journal.failed" }.count == 1)
    }

    @Test func `a folder that others may write to is not used`() async throws {
        let place = try MemoryPlace()
        let open = "\(place.folder)/open"
        #expect(mkdir(open, 0o700) == 0 && chmod(open, 0o777) == 0)
        let memories = place.memories(in: open)
        #expect(await memories.take(try Self.call(1)) == nil)
        memories.close()
        #expect(place.line("journal.failed").map { "\($0)".contains("not ours alone") } == true)
    }

    @Test func `promised calls are taken over at once, and by one process`() async throws {
        let place = try MemoryPlace()
        let first = place.promises()
        for name in ["1", "2", "3"] { first.keep(try Self.promise(name)) }
        first.keep(try Self.promise("2", end: "caller_busy"))
        first.forget(session: "3")
        await first.kept()
        // A process that lives keeps its own, and shows it.
        let living = place.promises()
        #expect(await living.left().isEmpty)
        #expect(await living.elsewhere("1") == (try Self.promise("1")))
        #expect(await living.elsewhere("3") == nil)
        #expect(await first.elsewhere("1") == nil)
        first.close()
        let second = place.promises()
        let left = await second.left().sorted { $0.promise.id < $1.promise.id }
        #expect(left == [try Self.promise("1"), try Self.promise("2", end: "caller_busy")])
        #expect(await living.left().isEmpty)
        second.close()
        living.close()
        #expect(place.line("journal.failed") == nil)
    }

    private static func promise(_ id: String, end: String? = nil) throws -> OutboundRecord {
        let call = try call(1)
        return try #require(
            OutboundRecord(
                [
                    "version": 1, "promise": .string(id), "session": .string(id), "agent": "sales",
                    "variables": ["name": "A"], "fingerprint": "00ff", "placed_at_ms": 5_000,
                    "call_sid": .string(call.text), "status": "queued",
                    "end": end.map { .string($0) } ?? .null,
                ]))
    }

    @Test func `strict privacy keeps the call and not the words`() async throws {
        let place = try MemoryPlace()
        let first = place.memories(keepsWords: false)
        first.remember(try Self.memory(1, said: "Hello."))
        first.close()
        let second = place.memories()
        let memory = await second.take(try Self.call(1))
        #expect(memory == (try Self.memory(1)))
        second.close()
    }

    @Test func `it lies where the service manager says, or near the user's other state`() {
        var settings = Configuration()
        settings.guards.call.durationMax = .seconds(3_600)
        let plan = settings.memoryPlan(["STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "HOME": "/h"])
        #expect(
            plan == MemoryFiles.Plan(folder: "/var/lib/a/calls", ageMax: .seconds(4_200)))
        #expect(
            settings.memoryPlan(["HOME": "/h"])?.folder == "/h/.local/state/callbridge/calls")
        settings.memories = .off
        #expect(settings.memoryPlan([:]) == nil)
        settings.memories = .folder("/srv/calls")
        settings.log.privacy = .strict
        #expect(settings.memoryPlan([:])?.folder == "/srv/calls")
        #expect(settings.memoryPlan([:])?.keepsWords == false)
    }
}

/// A folder of its own for one test's memories, and their log.
private final class MemoryPlace: Sendable {
    struct Failed: Error {}

    let folder: String
    let sink = MemorySink()

    init() throws {
        var template = Array("/tmp/callbridge-memories-XXXXXX".utf8CString)
        folder = template.withUnsafeMutableBufferPointer { path in
            path.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
        guard !folder.isEmpty else { throw Failed() }
    }

    deinit { _ = system("rm -rf '\(folder)'") }

    func memories(in other: String? = nil, keepsWords: Bool = true) -> MemoryFiles {
        MemoryFiles(
            MemoryFiles.Plan(
                folder: other ?? "\(folder)/calls", ageMax: .seconds(86_400),
                keepsWords: keepsWords),
            log: Log(to: sink, threshold: .debug), board: MetricBoard(), time: SystemTime())
    }

    func promises() -> PromiseFiles {
        PromiseFiles(
            MemoryFiles.Plan(folder: "\(folder)/calls", ageMax: .seconds(86_400)),
            failures: MetricBoard().counter("failures", "Failures."),
            log: Log(to: sink, threshold: .debug), time: SystemTime())
    }

    func line(_ event: String) -> LogLine? { sink.lines.last { $0.event == event } }

    /// Folders of processes.
    var folders: [String] { found("\(folder)/calls/*") }
    /// Memories.
    var files: [String] { found("\(folder)/calls/*/*") }

    private func found(_ pattern: String) -> [String] {
        var paths = glob_t()
        defer { globfree(&paths) }
        guard glob(pattern, 0, nil, &paths) == 0 else { return [] }
        return (0..<Int(paths.gl_pathc)).compactMap { index in
            paths.gl_pathv[index].map { String(cString: $0) }
        }
    }
}
