import Instruments
import Net
import Wire

/// One call as Twilio runs it: asks for TwiML, runs it verb by verb, asks again.
///
///     webhook ─▶ TwiML ─▶ Say, Play, Pause, Gather ─▶ heard
///                  │      Connect/Stream ─▶ PhoneStream ─▶ action? ─▶ TwiML …
///                  │      Dial ─▶ action? ─▶ TwiML …
///                  └───── end of document, Hangup, Reject, the caller ─▶ over ─▶ callbacks
///
/// A REST update interrupts whatever runs.
final class PhoneCall: @unchecked Sendable {
    // Safe because its task runs on its loop and everything else enters through loop.run.

    /// What comes after a document.
    enum Next {
        case document(TwiMLScript, base: WebAddress?)
        case over(String)
    }

    let order: PhoneOrder
    let outbound: PhoneOutbound?
    let loop: EventLoop
    let post: PhonePost
    let dialer: WebSocketDialer
    let form: PhoneForm
    let callSID: String
    var random: SeededRandom
    var result: PhoneResult
    var began: Duration = .zero
    /// When the callee picked up.
    var answered: Duration?
    var update: PhoneUpdate?
    var stream: PhoneStream?
    var idling: CheckedContinuation<Void, Never>?
    var deliveries: [Task<Void, Never>] = []
    var sequence = 0
    var gathered: [String]
    var caller: CallerScript
    let told: @Sendable (PhoneResult) -> Void

    /// A call over these wires; `outbound` when REST placed it. `told` hears of every change of
    /// its status.
    init(
        _ order: PhoneOrder, outbound: PhoneOutbound? = nil, over wires: PhoneWires,
        told: @escaping @Sendable (PhoneResult) -> Void = { _ in }
    ) {
        self.order = order
        self.outbound = outbound
        self.told = told
        loop = wires.loop
        dialer = wires.dialer
        post = PhonePost(order: order, client: wires.client)
        random = SeededRandom(seed: order.seed)
        callSID = "CA\(random.hex(digits: 32))"
        gathered = order.gathered
        caller = order.caller
        form = PhoneForm(
            accountSID: order.accountSID, callSID: callSID, from: order.from, to: order.to,
            direction: outbound == nil ? "inbound" : "outbound-api", extra: order.extra)
        result = PhoneResult(callSID: callSID, keepsAudio: order.caller.keepsAudio)
        result.mayBeSilent = order.mayBeSilent
        result.party = PhoneResult.Party(from: order.from, to: order.to, direction: form.direction)
        if let outbound {
            result.status = "queued"
            result.queueTime = outbound.queueTime
        }
    }

    /// Rings, lives the call to its end and delivers its callbacks.
    func ring() async -> PhoneResult {
        await Task(executorPreference: loop.tasks) { await self.live() }.value
    }

    /// Interrupts the call: new TwiML, or its end. From any thread.
    func apply(_ update: PhoneUpdate) {
        loop.run { [self] in
            self.update = update
            interrupt(for: update)
            wake()
        }
    }

    /// Takes the call from its stream.
    func interrupt(for update: PhoneUpdate) {
        if case .hangUp = update { stream?.hangUp() } else { stream?.tearDown() }
    }

    private func live() async -> PhoneResult {
        loop.addLoad(1)
        defer { loop.addLoad(-1) }
        began = loop.now
        var next: Next
        if let outbound { next = await callee(outbound) } else { next = await inbound() }
        // A document that leads to itself would run for ever.
        for _ in 0..<Self.documentsMax {
            guard case .document(let script, let base) = next else { break }
            if result.status == "ringing", !script.beginsWithReject { change(to: "in-progress") }
            next = await run(script, base)
            if loop.now - began >= order.limit { next = .over("the call's time is up") }
        }
        if case .over(let reason) = next { result.reason = reason }
        await finish()
        return result
    }

    /// Documents one call may run.
    static let documentsMax = 50

    private func inbound() async -> Next {
        change(to: "ringing")
        let next = await ask(
            order.voiceURL, method: order.method, form.standard(status: "ringing"))
        result.webhook = loop.now - began
        return next
    }

    /// The call is at a new stage of its life.
    func change(to status: String) {
        result.status = status
        told(result)
    }

    private func finish() async {
        result.length = loop.now - began
        if ["queued", "ringing", "in-progress"].contains(result.status) {
            result.status = result.status == "in-progress" ? "completed" : "failed"
        }
        told(result)
        tellStatus("completed", as: result.status)
        for delivery in deliveries { await delivery.value }
    }

    /// Asks an address for the next document.
    func ask(_ address: WebAddress, method: String, _ form: Form) async -> Next {
        do throws(DebuggerEntry) {
            let reply = try await post.ask(
                address, method: method, form: form, idempotency: newUUID())
            if let update = await takeUpdate() { return update }
            let script = try TwiMLReader.read(
                reply.response.body, contentType: reply.response.fields["Content-Type"],
                allowsLoopback: true)
            for entry in script.entries { note(entry) }
            return .document(script, base: reply.address)
        } catch {
            note(error)
            if let fallback = order.fallbackURL, fallback != address {
                return await ask(fallback, method: order.method, form.failed(error, at: address))
            }
            // Twilio's own recording, in English, and the end of the call.
            hear("say", "We are sorry, an application error has occurred. Goodbye.")
            return .over("application error \(error.code)")
        }
    }

    /// What a REST update asks for, if one came.
    func takeUpdate() async -> Next? {
        guard let asked = update else { return nil }
        update = nil
        switch asked {
        case .hangUp: return .over("ended by REST")
        case .script(let script, let base): return .document(script, base: base)
        case .address(let address, let method):
            return await ask(address, method: method, form.standard(status: "in-progress"))
        }
    }

    /// Lets time pass; an update ends it early.
    func idle(_ duration: Duration) async {
        let timer = loop.makeTimer { [weak self] in self?.wake() }
        guard update == nil else { return }
        await withCheckedContinuation { continuation in
            idling = continuation
            timer.arm(at: loop.now + duration)
        }
        timer.disarm()
    }

    private func wake() {
        let waiting = idling
        idling = nil
        waiting?.resume()
    }

    func note(_ entry: DebuggerEntry) {
        // Every code is worth an entry, a hundred of one kind are not.
        if result.entries.count < 100 { result.entries.append(entry) }
    }

    func hear(_ kind: String, _ detail: String) {
        result.events.append(.init(at: loop.now - began, kind: kind, detail: detail))
    }

    func newUUID() -> String {
        [8, 4, 4, 4, 12].map { random.hex(digits: $0) }.joined(separator: "-")
    }
}

extension TwiMLScript {
    /// True for a call that is refused unanswered.
    var beginsWithReject: Bool {
        if case .reject = verbs.first { true } else { false }
    }
}
