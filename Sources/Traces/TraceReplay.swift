package import Calls
import Instruments
import Simulators
import Synchronization
import Wire

/// Runs a traced call again: the same code, the same inputs at the same looks of the clock, and
/// every decision and byte held against what was written down.
///
///     trace ─▶ causes ─▶ Call ─▶ looks at clocks, messages, answers, events ─▶ the next records
///                                                                └─ another? the first difference
///
/// No socket, no real clock and no agent take part; dials and tools are answered by the trace.
package struct TraceReplay: Sendable {
    /// What became of it.
    package struct Outcome: Sendable, Equatable {
        /// The first record that was not as written, and when in the call; nil: identical.
        package var difference: String?
        /// Records that were as written.
        package var records: Int
        /// False when the trace itself broke off.
        package var isComplete: Bool
    }

    private let records: [TraceRecord]
    private let header: TraceHeader
    private let announcements: AnnouncementShelf
    private let tools: [any ClientTool]
    private let rewritesBytes: Bool

    /// A trace, and the recordings and tools of the house that wrote it.
    package init(
        _ records: [TraceRecord], announcements: AnnouncementShelf,
        tools: [any ClientTool] = ToolShelf.telephone, rewritesBytes: Bool = false
    ) throws(TraceFault) {
        guard case .header(let json) = records.first else {
            throw .unusable("it begins without a ticket")
        }
        self.records = records
        self.announcements = announcements
        self.tools = tools
        self.rewritesBytes = rewritesBytes
        header = try TraceHeader(json)
    }

    /// Runs the call and holds all it does against the trace.
    package func run() -> Outcome { rewrite().outcome }

    /// The same; with what it sends this time.
    func rewrite() -> (outcome: Outcome, records: [TraceRecord]) {
        let loop = SimulatedLoop(order: .asAsked)
        let script = ReplayScript(records, rewritesBytes: rewritesBytes)
        let promises = ReplayPromises()
        let services = CallServices(
            limits: header.limits, dialer: promises, listener: Nobody(),
            announcements: announcements,
            tools: ToolShelf(
                tools.map {
                    PromisedTool(
                        name: $0.name, timeout: $0.timeout, lasts: $0.lasts, promises: promises)
                }))
        let call = Call(
            header.ticket, on: loop, with: services, recalling: header.memory,
            recorder: ReplayRecorder(script),
            onEnd: { _, _ in })
        while let cause = script.nextCause() {
            perform(cause, call, script, loop)
            loop.settle()
        }
        promises.breakAll()
        loop.settle()
        script.letGo()
        return (script.outcome, script.rewritten)
    }

    private func perform(
        _ cause: TraceRecord, _ call: Call, _ script: ReplayScript, _ loop: SimulatedLoop
    ) {
        switch cause {
        case .input(let json):
            guard let input = CallInput(json) else { return script.differ("no such input") }
            perform(input, call, script, loop)
        case .fired(let timer): loop.run { script.fire(timer) }
        case .text(let socket, let bytes):
            loop.run { script.socket(socket)?.hear(text: bytes) }
        case .binary(let socket, let bytes):
            loop.run { script.socket(socket)?.hear(binary: bytes) }
        case .ponged(let socket, let trip):
            loop.run { script.socket(socket)?.ponged(trip) }
        case .drained(let socket): loop.run { script.socket(socket)?.drained() }
        case .closed(let socket, let closure):
            loop.run { script.socket(socket)?.closed(closure) }
        default: break
        }
    }

    private func perform(
        _ input: CallInput, _ call: Call, _ script: ReplayScript, _ loop: SimulatedLoop
    ) {
        if case .streamTaken(let start, let adoptions) = input {
            return loop.run {
                guard adoptions == 0 else {
                    return call.adoptStream(script.newSocket(), start, adoptions: adoptions)
                }
                call.takeStream(script.newSocket(), start)
            }
        }
        Task(executorPreference: loop.tasks) {
            switch input {
            case .begin: _ = await call.begin()
            case .woken: await call.wake()
            case .afterStream(let isThere): _ = await call.afterStream(callerIsThere: isThere)
            case .errandOver(let outcome): _ = await call.errandOver(outcome)
            case .errandAnswered: await call.errandAnswered()
            case .handedOff: await call.handedOff()
            case .callFinished: await call.callFinished()
            case .stop(let reason): await call.stop(reason)
            case .ordered(let order, let author): try? await call.carryOut(order, by: author)
            case .emergency: _ = await call.emergency()
            case .dialled(let number): await call.agentDialled(script.newSocket(), number)
            case .dialFailed(let number, let fault): await call.agentFailed(fault, number)
            case .toolDone(let id, let answer): await call.toolAnswered(id, answer)
            case .streamTaken: break
            }
        }
    }
}

/// Dials and tools of a replay: the trace says when they are done, so they never are by themselves.
private final class ReplayPromises: AgentDialer {
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

    func dial(agent key: String, on loop: any Loop) async throws(DialFault) -> any MessageSocket {
        await wait()
        throw DialFault(.providerUnreachable, "the replay is over")
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            waiting.withLock { $0.append(continuation) }
        }
    }

    /// Lets go of all that still wait.
    func breakAll() {
        let all = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for continuation in all { continuation.resume() }
    }
}

private struct PromisedTool: ClientTool {
    let name: String
    let timeout: Duration
    let lasts: Bool
    let promises: ReplayPromises

    func run(_ arguments: ToolArguments, for call: Call) async throws(ToolFault) -> String {
        await promises.wait()
        throw ToolFault("the replay is over")
    }
}

private struct Nobody: CallListener {
    func heard(_ event: CallEvent, of call: CallFacts) {}
}
