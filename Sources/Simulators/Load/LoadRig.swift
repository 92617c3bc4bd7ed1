package import Instruments
package import Net
import Wire

/// Why load could not be put on a bridge, in words for people.
package struct LoadFault: Error, Sendable, Equatable {
    package var reason: String

    package init(_ reason: String) { self.reason = reason }
}

/// Both other sides of many calls at once, on one loop and with little CPU: callers who send
/// 20 ms of audio every 20 ms, and agents who do the same.
///
///     LoadPhoneEar ◀─media── bridge ◀─audio── LoadCall.sendAudio ◀┐
///         meter                                                   PhaseWheel, every 20 ms
///     LoadAgentEar ◀─chunks─ bridge ◀─media── LoadCall.sendMedia ◀┘
///
/// Frames are sent when they are due: the loop looks at every message it reads, and a timer sees
/// to it when nothing is read. Few are sent at once, so that what comes back is not long unread.
package final class LoadRig: @unchecked Sendable {
    // Safe because everything mutable is touched on the loop's thread only; what others may call
    // goes there by `onLoop`.

    /// Notes kept of what went wrong with calls.
    static let notesMax = 8

    /// What it was built for.
    package let plan: LoadPlan
    let loop: EventLoop
    let client: HTTPClient
    let dialer: WebSocketDialer
    let callerLetters: FrameLetters
    let agentLetters: FrameLetters
    /// 28 random digits in every call's name: none comes twice to one bridge.
    let series: String
    private let loops: LoopPool
    private let log: Log
    private var server: HTTPServer?

    var calls: [LoadCall] = []
    var named: [String: LoadCall] = [:]
    /// Where the bridge does not say whose agent it asks for: the call that is being set up.
    var awaiting: LoadCall?
    /// Sockets of agents that are open.
    var agentsOpen = 0
    var callsMade: UInt16 = 0
    var meter = LoadMeter()
    var window = LoadWindow()
    /// What was seen in the window, once it is closed.
    var measured: LoadMeter?
    var notes: [String] = []
    var wheel = PhaseWheel(senders: 0, period: 0)
    var isFlowing = false
    var isTicking = false
    var nappedAt: Int64 = 0
    var ticker: (any LoopTimer)?
    var interrupter: (any LoopTimer)?
    var interruptEvery = Duration.zero
    var dice: SeededRandom

    /// A rig on the pool's first loop, at rest.
    package init(_ plan: LoadPlan, on loops: LoopPool, log: Log) throws(LoadFault) {
        self.plan = plan
        self.loops = loops
        self.log = log
        loop = loops.loops[0]
        client = HTTPClient(loop: loop, extraCAFile: nil, log: log)
        do {
            let trust = try TLSContext.client(extraCAFile: nil)
            dialer = WebSocketDialer(tls: trust, resolver: Resolver())
        } catch { throw LoadFault(error.reason) }
        let bears = plan.keepsIdentity
        callerLetters = FrameLetters(.telephone, bearsIdentity: bears)
        agentLetters = FrameLetters(plan.format.audio, bearsIdentity: bears)
        var system = SystemRandomNumberGenerator()
        dice = SeededRandom(seed: system.next())
        series = dice.hex(digits: 28)
    }

    /// Begins to answer as the agent's side; returns where, as bound.
    @discardableResult
    package func open() async throws(LoadFault) -> ListenAddress {
        var tls: TLSContext?
        if let certificate = plan.certificate {
            do {
                tls = try .server(
                    certificateFile: certificate.file, keyFile: certificate.keyFile)
            } catch { throw LoadFault(error.reason) }
        }
        let desk = LoadAgentDesk(isSecure: tls != nil) { [weak self] in self?.agentOpened($0) }
        let server = HTTPServer(loops: loops, log: log, handler: desk)
        let bound: ListenAddress
        do { bound = try await server.listen(plan.agent, tls: tls) } catch {
            throw LoadFault(error.reason)
        }
        await onLoop { [self] in
            self.server = server
            ticker = loop.makeTimer { [weak self] in self?.tick() }
            interrupter = loop.makeTimer { [weak self] in self?.interruptOne() }
        }
        return bound
    }

    /// Ends all calls and the agent's side.
    package func close() async {
        _ = await hangUp()
        let server = await onLoop { [self] in
            ticker = nil
            interrupter = nil
            return self.server
        }
        await server?.close()
    }

    /// What was seen since the last time it was asked for, outside of windows.
    package func takeMeter() async -> LoadMeter {
        await onLoop { [self] in
            defer { meter = LoadMeter() }
            return meter
        }
    }

    /// What went wrong with calls so far, the first few.
    package func takeNotes() async -> [String] {
        await onLoop { [self] in
            defer { notes = [] }
            return notes
        }
    }

    /// Waits on the rig's own clock.
    package func pause(_ time: Duration) async {
        let loop = loop
        await withCheckedContinuation { continuation in
            loop.run {
                let hold = TimerHold()
                hold.timer = loop.makeTimer {
                    hold.timer = nil
                    continuation.resume()
                }
                hold.timer?.arm(at: loop.now + time)
            }
        }
    }

    /// Runs `work` on the rig's loop and waits for it.
    func onLoop<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) async -> Result {
        await Task(executorPreference: loop.tasks) { await work() }.value
    }

    func note(_ text: String) {
        if notes.count < Self.notesMax { notes.append(text) }
    }
}

/// Keeps a timer alive until it fires.
private final class TimerHold: @unchecked Sendable {
    // Safe because it is touched on its timer's loop only.
    var timer: (any LoopTimer)?
}
