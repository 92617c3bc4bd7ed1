import Calls
import Front
import Glibc
import Instruments
import Net
import Systemd
import Twilio
import Wire

/// Goes on with the streams that a killed process left with the service manager.
///
///     stored ─▶ page readable ─▶ not too often, its call remembered ─▶ adopted, same byte
///                  │ no              │ no, or it was leaving the stream
///                  ▼                 ▼
///               dropped           closed: 1012, or 1000
///
/// Of a stream that is closed or dropped Twilio asks what comes next, and its call goes on with
/// another one, or with the next rung. A stream whose processes died three times within a minute
/// is not adopted a fourth time, since it may be what they die of.
struct StreamAdoption: Sendable {
    let store: DescriptorStore
    let loops: LoopPool
    let registry: CallRegistry
    let revival: Revival
    let log: Log
    private let outcomes: MetricFamily<Counter>

    /// What a call is made of that is gone on with.
    struct Revival: Sendable {
        var memories: @Sendable (CallSID) async -> CallMemory?
        var make: @Sendable (CallMemory) -> Call
    }

    /// Twilio's messages are small; the page says what the stream began with.
    private static let options = WebSocketOptions(
        messageBytesMax: 64 * 1024, pingEvery: .seconds(20))

    init(
        store: DescriptorStore, loops: LoopPool, registry: CallRegistry, revival: Revival,
        log: Log, board: MetricBoard
    ) {
        self.store = store
        self.loops = loops
        self.registry = registry
        self.revival = revival
        self.log = log
        outcomes = board.counters(
            "callbridge_streams_adopted_total",
            "Streams of a killed process, by what became of them.", labels: ["outcome"])
    }

    /// One that is left, with all that is needed to go on.
    private struct Left {
        var socket: Int32
        var page: StreamPage
        var label: StreamLabel
        var remains: StreamRemains
        /// False when it was adopted too often already.
        var mayGoOn: Bool
    }

    /// Goes on with each that can be, all at the same time: every caller waits for a first word.
    func adopt(_ stored: [StoredDescriptors]) async {
        await withTaskGroup(of: Void.self) { group in
            for each in stored {
                group.addTask { await adopt(each) }
            }
        }
    }

    private func adopt(_ stored: StoredDescriptors) async {
        switch open(stored) {
        case .success(let left): await goOn(with: left)
        case .failure(let fault): drop(stored, "\(fault)")
        }
    }

    private func open(_ stored: StoredDescriptors) -> Result<Left, StreamRemainsFault> {
        guard let socket = stored.socket, let memory = stored.memory,
            let page = StreamPage(opening: memory), let label = StreamLabel(page.label)
        else { return .failure(.damaged) }
        let mayGoOn = page.noteAdoption(at: SystemTime().now)
        do throws(StreamRemainsFault) {
            let remains = try page.recover(from: socket)
            close(memory)
            let name = stored.name
            page.onRelease { [store] in store.remove(name) }
            return .success(
                Left(
                    socket: socket, page: page, label: label, remains: remains, mayGoOn: mayGoOn))
        } catch {
            return .failure(error)
        }
    }

    private func goOn(with left: Left) async {
        guard left.mayGoOn else { return refuse(left, 1012, "it has outlived too many processes") }
        guard let memory = await revival.memories(left.label.call),
            let call = registry.readmit(left.label.call, { revival.make(memory) })
        else { return refuse(left, 1012, "its call is not remembered") }
        await call.wake()
        guard memory.stand.errand == nil else {
            return refuse(left, 1000, "its call was leaving it")
        }
        outcomes[left.remains.isGuess ? "guessed" : "adopted"].add()
        log.info(
            "stream.recovered", "A stream's last bytes were found",
            .callSID(left.label.call.text), LogField("UNREAD", "\(left.remains.unread.count)"),
            LogField("UNSENT", "\(left.remains.unsent.count)"),
            LogField("ADOPTIONS", "\(left.page.adoptions)"))
        let adoptions = left.page.adoptions
        take(left, on: call.loop) { socket in
            call.adoptStream(socket, left.label.start, adoptions: adoptions)
        }
    }

    private func refuse(_ left: Left, _ code: UInt16, _ why: String) {
        outcomes["closed"].add()
        tell(left.label.call.text, why)
        take(left, on: loops.quietest()) { $0.close(code: code, reason: why) }
    }

    private func take(
        _ left: Left, on loop: any Loop, then: @escaping @Sendable (any MessageSocket) -> Void
    ) {
        WebSocketConnection.adopt(
            left.socket, left.remains, page: left.page, options: Self.options, on: loop, then: then)
    }

    /// In the middle of a frame nothing can be said: the connection itself is ended.
    private func drop(_ stored: StoredDescriptors, _ why: String) {
        outcomes["dropped"].add()
        tell(String(stored.name.dropFirst(DescriptorStore.prefix.count)), why)
        if let socket = stored.socket { shutdown(socket, Int32(SHUT_RDWR)) }
        stored.close()
        store.remove(stored.name)
    }

    private func tell(_ call: String, _ why: String) {
        log.warning(
            "stream.not_adopted",
            "A stream of a process that is no more is not gone on with",
            .callSID(call), .reason(why))
    }
}
