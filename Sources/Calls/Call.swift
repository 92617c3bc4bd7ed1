import Audio
import ElevenLabs
package import Instruments
import Twilio
import Wire

/// One telephone call: a machine that decides, two sockets, and the audio between them.
///
///     Twilio ──CallerPort──▶ Call ──Uplink──▶ agent socket
///     Twilio ◀──Downlink──── Call ◀──AgentPort── agent
///                             │
///              CallMachine: facts in, orders out, next deadline
///
/// The call, both its sockets and its timers live on one loop, which is this actor's executor: a
/// message is handled where it was read, without a hop, a task or a lock. It lets go of
/// everything when the machine says `end`, which happens once.
package actor Call {
    nonisolated package let ticket: CallTicket
    /// The loop on which all of it lives.
    nonisolated package let loop: any Loop
    /// The loop's clock when the call was promised; the call's own time counts from here.
    nonisolated package let startedAt: Duration
    nonisolated package var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    let limits: CallLimits
    let dialer: any AgentDialer
    let listener: any CallListener
    private let onEnd: @Sendable (Call, EndReason) -> Void

    private var machine: CallMachine
    var facts: CallFacts
    var tally = CallTally()
    var lastEventAt: Duration

    var callerSocket: (any MessageSocket)?
    var agentSocket: (any MessageSocket)?
    var agentFormat: AudioFormat?
    var uplink: Uplink
    var downlink: Downlink
    /// When the caller's stream began, in the call's time.
    var streamStartedAt: Duration?
    /// What the agent's service said before it closed.
    var agentError: AgentError?
    var lastChunk: Int64 = 0

    private var alarm: (any LoopTimer)?
    private var metronome: (any LoopTimer)?
    private var watchman: (any LoopTimer)?
    private var nextBeat: Duration?
    /// Counted so that silence shows; see `watch`.
    var callerMessages = 0
    var agentMessages = 0
    private var callerSilence = SilenceWatch()
    private var agentSilence = SilenceWatch()
    private var dialing: Task<Void, Never>?

    /// A call as its ticket promises it; nothing happens until `begin`.
    package init(
        _ ticket: CallTicket, on loop: any Loop, limits: CallLimits, dialer: any AgentDialer,
        listener: any CallListener, onEnd: @escaping @Sendable (Call, EndReason) -> Void
    ) {
        self.ticket = ticket
        self.loop = loop
        self.limits = limits
        self.dialer = dialer
        self.listener = listener
        self.onEnd = onEnd
        startedAt = loop.now
        let wallClock = loop.time.wallClock
        lastEventAt = wallClock
        facts = CallFacts(ticket: ticket, startedAt: wallClock)
        machine = CallMachine(limits: limits)
        uplink = Uplink(limits: limits)
        downlink = Downlink(limits: limits)
    }

    /// Time since the call was promised.
    var time: Duration { loop.now - startedAt }
    /// True from the end on: whatever still arrives is of no interest.
    var isOver: Bool { machine.ended != nil }

    /// Begins: the agent is dialled ahead of the stream.
    package func begin() {
        // Somebody may have ended it between its admission and now.
        guard !isOver else { return }
        // Timers hold the call until its end: a weak reference would move the call's counts, which
        // every message touches, to a side table.
        // Safe because timers fire on the loop that made them, which is this actor's executor.
        alarm = loop.makeTimer { [self] in enter { $0.take(.deadlinePassed) } }
        metronome = loop.makeTimer { [self] in enter { $0.beat() } }
        watchman = loop.makeTimer { [self] in enter { $0.watch() } }
        watchman?.arm(at: loop.now + limits.watchEvery)
        tell(.promised)
        take(.promised)
    }

    /// Twilio says the call itself is over.
    package func callFinished() { take(.callFinished) }

    /// Twilio asks what comes after the stream, which is over, whatever the socket says.
    package func streamIsOver(callerIsThere: Bool) {
        take(callerIsThere ? .streamAbandoned : .callFinished)
    }

    /// Ends the call for a reason that is neither side's.
    package func stop(_ reason: EndReason) { take(.stop(reason)) }

    /// How the call stands.
    package var status: CallStatus {
        CallStatus(
            facts: facts, status: machine.status, duration: time, callerFormat: "ulaw_8000",
            agentFormat: agentFormat?.name, lastEventAt: lastEventAt, tally: tally)
    }

    /// Why the agent's leg is over when its socket ended for `reason`: an agent of which nothing
    /// was ever heard has not said goodbye.
    func whyGone(_ reason: EndReason) -> EndReason {
        let reason = machine.whyGone(reason)
        return reason == .agentEnded && tally.framesOut == 0 ? .providerSilent : reason
    }
    /// True from the setup to the metadata.
    var isStarting: Bool { machine.isStarting }
    /// True from the metadata to the end of the agent's leg.
    var isTalking: Bool { machine.isTalking }

    /// Gives the machine a fact and does what it orders.
    func take(_ input: CallMachine.Input) {
        for action in machine.handle(input, at: time) { perform(action) }
        if let deadline = machine.deadline {
            alarm?.arm(at: startedAt + deadline)
        } else {
            alarm?.disarm()
        }
    }

    private func perform(_ action: CallMachine.Action) {
        switch action {
        case .dialAgent: dialAgent()
        case .sendSetup: sendSetup()
        case .openGate: openGate()
        case .finishPlayback: finishPlayback()
        case .closeAgent: closeAgent()
        case .end(let reason): end(reason)
        }
    }

    private func dialAgent() {
        dialing = Task(executorPreference: loop.tasks) { [dialer, ticket, loop] in
            do throws(DialFault) {
                let socket = try await dialer.dial(agent: ticket.agent, on: loop)
                await self.agentDialled(socket)
            } catch {
                await self.agentFailed(error)
            }
        }
    }

    private func agentDialled(_ socket: any MessageSocket) {
        dialing = nil
        // The call may have ended, or given up on the dial, while it was under way.
        guard !isOver, machine.isDialing, agentSocket == nil else {
            return socket.close(code: 1000, reason: "call is over")
        }
        agentSocket = socket
        agentError = nil
        facts.conversation = nil
        socket.handler = AgentPort(self)
        tell(.agentConnected)
        take(.agentOpened)
    }

    private func agentFailed(_ fault: DialFault) {
        dialing = nil
        guard !isOver, machine.isDialing else { return }
        tell(
            streamStartedAt == nil
                ? .agentLostEarly(detail: fault.detail)
                : .agentFailed(fault.reason, detail: fault.detail))
        take(.agentGone(fault.reason))
    }

    private func openGate() {
        guard let socket = agentSocket else { return }
        uplink.open(to: socket, &tally)
    }

    private func finishPlayback() {
        guard let socket = callerSocket else { return take(.playbackFinished) }
        let remaining = downlink.finish(to: socket, at: time, &tally)
        take(.playbackRemaining(remaining))
        if downlink.isSettled { take(.playbackFinished) } else { beat() }
    }

    private func closeAgent() {
        dialing?.cancel()
        agentSocket?.close(code: 1000, reason: "call is over")
        agentSocket = nil
    }

    /// Moves the paced audio on and sets the next beat.
    func beat() {
        nextBeat = nil
        guard !isOver, let socket = callerSocket else { return }
        if let next = downlink.pump(to: socket, at: time, &tally) { beat(at: next) }
    }

    /// Sets the next beat; one that comes too early does no harm and finds the later one.
    func beat(at next: Duration) {
        if let nextBeat, nextBeat <= next { return }
        nextBeat = next
        metronome?.arm(at: startedAt + next)
    }

    /// Looks for peers that have fallen silent behind an open connection.
    private func watch() {
        guard !isOver else { return }
        watchman?.arm(at: loop.now + limits.watchEvery)
        if callerSocket != nil,
            callerSilence.isSilent(callerMessages, at: time, limit: limits.callerSilenceMax)
        {
            return take(.callerSilent)
        }
        guard let agent = agentSocket, machine.isTalking,
            agentSilence.isSilent(agentMessages, at: time, limit: limits.agentSilenceMax)
        else { return }
        agentSocket = nil
        agent.abort()
        tell(.agentFailed(.providerLost, detail: "nothing was heard for too long"))
        take(.agentGone(.providerLost))
    }

    private func end(_ reason: EndReason) {
        closeAgent()
        for timer in [alarm, metronome, watchman] { timer?.disarm() }
        alarm = nil
        metronome = nil
        watchman = nil
        callerSocket?.close(code: 1000, reason: "")
        callerSocket = nil
        uplink.close()
        downlink.close()
        if reason == .providerSilent {
            tell(.agentFailed(reason, detail: "it was not there in time"))
        }
        tally.duration = time
        tell(.ended(reason, tally))
        onEnd(self, reason)
    }

    /// Tells the listeners, and remembers that something happened.
    func tell(_ event: CallEvent) {
        lastEventAt = loop.time.wallClock
        listener.heard(event, of: facts)
    }

    /// Counts what a peer did wrong; told the first time it happens in this call.
    func count(_ fault: CallFault) {
        if tally.count(fault) { tell(.fault(fault)) }
    }
}
