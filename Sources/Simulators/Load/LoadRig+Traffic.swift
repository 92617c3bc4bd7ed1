import Glibc
import Instruments
import Wire

/// Frames going out, frames coming in.
extension LoadRig {
    /// Frames sent for each message read, and for each job of the timer's.
    private static let framesAtOnce = 2
    /// A frame so late is not sent any more, nor are those before it: a load that makes up for
    /// what it missed would be another load.
    private static let tardinessMax: Int64 = 200_000_000

    /// Who stays awake naps for so long each so often: what else has work on that core, the kernel
    /// above all, would otherwise take it away when it suits us least.
    package static let nap = Duration.microseconds(40)
    /// From one nap to the next; see `nap`.
    package static let napEvery = Duration.microseconds(500)

    /// All calls begin to send. After `settling` their frames are measured, for as long as
    /// `window`; a second later they fall silent by themselves.
    package func startTraffic(settling: Duration, window time: Duration) async {
        await onLoop { [self] in
            measured = nil
            window.begin(
                at: LoadClock.now, settling: settling.microseconds * 1_000,
                measured: time.microseconds * 1_000)
            wheel = PhaseWheel(
                senders: 2 * calls.count, period: LoadFormat.frameNanoseconds)
            wheel.begin(at: LoadClock.now)
            isFlowing = true
            // Silence lasts from window to window, and nobody would be taken to be there.
            for call in calls { call.understand() }
            tick()
        }
    }

    /// All calls fall silent; waits at most `time` for what is under way, and returns how many
    /// frames were lost since the traffic started.
    package func stopTraffic(drain time: Duration) async -> Int {
        await onLoop { [self] in isFlowing = false }
        let end = loop.now + time
        while await onLoop({ [self] in underWay }) > 0, loop.now < end {
            await pause(.milliseconds(10))
        }
        return await onLoop { [self] in
            calls.reduce(0) { $0 + $1.settle() }
        }
    }

    /// What was seen in the window of the last traffic; as far as it came, when it was cut short.
    package func takeWindow() async -> LoadMeter {
        await onLoop { [self] in
            defer {
                meter = LoadMeter()
                measured = nil
            }
            return measured ?? meter
        }
    }

    private var underWay: Int {
        calls.reduce(0) { $0 + $1.uplink.ledger.underWay + $1.downlink.ledger.underWay }
    }

    /// Begins to interrupt a random call's agent at these intervals; zero ends it.
    package func interrupt(every interval: Duration) async {
        await onLoop { [self] in
            interruptEvery = interval
            if interval > .zero {
                interrupter?.arm(at: loop.now + interval)
            } else {
                interrupter?.disarm()
            }
        }
    }

    func interruptOne() {
        interrupter?.arm(at: loop.now + interruptEvery)
        guard let call = calls.randomElement(using: &dice), call.isWhole,
            call.interruptedAt == nil
        else { return }
        call.interrupt()
    }

    /// Sends what is due, a few frames at most; called after every message read.
    @inline(__always)
    func pump() {
        for _ in 0..<Self.framesAtOnce {
            guard isFlowing else { return }
            let now = LoadClock.now
            turn(window.step(at: now))
            guard let turn = wheel.take(at: now) else { return }
            meter.tardiness.record(.nanoseconds(now - turn.due))
            if now - turn.due > Self.tardinessMax { meter.skipped += wheel.skip(to: now) }
            send(turn.sender)
        }
    }

    private func turn(_ step: LoadWindow.Step) {
        switch step {
        case .none: break
        case .open: meter = LoadMeter()
        case .close: measured = meter
        case .silence: isFlowing = false
        }
    }

    /// The timer's way: goes on in jobs, between which sockets are read, until nothing is due.
    func tick() {
        guard isFlowing, !isTicking else { return }
        pump()
        guard let next = wheel.next else { return }
        let now = LoadClock.now
        if plan.staysAwake { takeNap(at: now) }
        if plan.staysAwake || next <= now {
            isTicking = true
            loop.run { [self] in
                isTicking = false
                tick()
            }
        } else {
            ticker?.arm(at: .nanoseconds(next))
        }
    }

    private func takeNap(at now: Int64) {
        guard now - nappedAt > Self.napEvery.microseconds * 1_000 else { return }
        nappedAt = now
        usleep(UInt32(Self.nap.microseconds))
    }

    @inline(__always)
    private func send(_ sender: Int) {
        let call = calls[sender / 2]
        let isSent: Bool
        if sender % 2 == 0 {
            isSent = call.sendMedia(callerLetters)
            meter.callerFrames += 1
        } else {
            isSent = call.sendAudio(agentLetters)
            meter.agentFrames += 1
        }
        if !isSent { meter.refused += 1 }
    }

    @inline(__always)
    func callerHeard(_ letters: UnsafeRawBufferPointer, _ call: LoadCall, at now: Int64) {
        let bytes = LoadFormat.callerFrameBytes
        if plan.keepsIdentity {
            call.downlink.arrive(letters, frameBytes: bytes, of: call.number, at: now) {
                book($0, isUplink: false)
            }
        } else {
            call.downlink.arrive(letters, frameBytes: bytes, at: now) { book($0, isUplink: false) }
        }
        if !call.isHeard { greetingHeard(call, at: now) }
    }

    @inline(__always)
    func agentHeard(_ letters: UnsafeRawBufferPointer, _ call: LoadCall, at now: Int64) {
        let bytes = plan.format.frameBytes
        if plan.keepsIdentity {
            call.uplink.arrive(letters, frameBytes: bytes, of: call.number, at: now) {
                book($0, isUplink: true)
            }
        } else {
            call.uplink.arrive(letters, frameBytes: bytes, at: now) { book($0, isUplink: true) }
        }
    }

    @inline(__always)
    private func book(_ arrival: FrameLedger.Arrival, isUplink: Bool) {
        switch arrival {
        case .after(let time) where isUplink: meter.uplink.record(.nanoseconds(time))
        case .after(let time): meter.downlink.record(.nanoseconds(time))
        case .unexpected: meter.unexpected += 1
        }
    }

    func callerCleared(_ call: LoadCall, at now: Int64) {
        guard let since = call.interruptedAt else { return }
        call.interruptedAt = nil
        meter.clear.record(.nanoseconds(now - since))
    }
}
