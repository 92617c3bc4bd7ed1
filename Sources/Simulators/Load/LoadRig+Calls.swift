import Instruments
import Net
import Twilio
import Wire

/// What came of setting calls up.
package struct LoadGrowth: Sendable {
    /// Calls that were heard by their caller.
    package var made = 0
    /// Calls that failed.
    package var failed = 0
    /// How long all of them took together.
    package var time: Duration = .zero
}

/// Calls coming and going.
extension LoadRig {
    /// A webhook that is not answered in this time, or an agent not heard, is a failure.
    private static let patience = Duration.seconds(5)

    /// Waits until the bridge answers anything at all; how long that took, or nil when it did not
    /// within `limit` or `isAlive` said that it never will.
    package func awaitBridge(
        within limit: Duration, while isAlive: @escaping @Sendable () -> Bool
    ) async -> Duration? {
        let began = loop.now
        while loop.now - began < limit, isAlive() {
            let answer = await onLoop { [client, plan] in
                try? await client.send(
                    HTTPRequest(method: "GET", target: "/health"), to: plan.bridge,
                    timeout: .seconds(1))
            }
            if answer != nil { return loop.now - began }
            await pause(.milliseconds(2))
        }
        return nil
    }

    /// How many calls are up.
    package func callCount() async -> Int { await onLoop { [self] in calls.count } }

    /// Sets calls up until there are `count`, at most `atOnce` at one time; a failed one is not
    /// tried again.
    package func grow(to count: Int, atOnce: Int) async -> LoadGrowth {
        await onLoop { [self] in
            let began = loop.now
            let wanted = max(0, count - calls.count)
            let before = calls.count
            var left = wanted
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<min(wanted, plan.greeting == .opened ? 1 : atOnce) {
                    left -= 1
                    group.addTask { await self.setUpOne() }
                }
                while await group.next() != nil, left > 0 {
                    left -= 1
                    group.addTask { await self.setUpOne() }
                }
            }
            let made = calls.count - before
            return LoadGrowth(made: made, failed: wanted - made, time: loop.now - began)
        }
    }

    /// Ends all calls as Twilio does; returns how many of the bridge's agent sockets were still
    /// open when that should have been over.
    package func hangUp() async -> Int {
        await onLoop { [self] in
            isFlowing = false
            for call in calls { call.sayStop() }
            calls = []
            named = [:]
        }
        let end = loop.now + .seconds(3)
        while await onLoop({ [self] in agentsOpen }) > 0, loop.now < end {
            await pause(.milliseconds(10))
        }
        return await onLoop { [self] in agentsOpen }
    }

    private func setUpOne() async {
        callsMade += 1
        let call = LoadCall(number: callsMade, series: series)
        named[call.callSID] = call
        do throws(LoadFault) {
            try await setUp(call)
            calls.append(call)
        } catch {
            note("set-up: \(error.reason)")
            named[call.callSID] = nil
            call.isEnding = true
            call.phone?.abort()
        }
        if awaiting === call { awaiting = nil }
    }

    private func setUp(_ call: LoadCall) async throws(LoadFault) {
        let began = LoadClock.now
        let stream = try await ring(call)
        meter.webhook.record(.nanoseconds(LoadClock.now - began))
        if plan.greeting == .opened { awaiting = call }
        let socket = try await dial(stream.url)
        call.phone = socket
        socket.handler = LoadPhoneEar(self, call)
        call.sayStart(parameters: stream.parameters.map { ($0.name, $0.value) })
        guard await isHeard(call) else { throw LoadFault("the agent was not heard in time") }
        meter.setUp.record(.nanoseconds(LoadClock.now - began))
    }

    /// The voice webhook; what its TwiML connects to.
    private func ring(_ call: LoadCall) async throws(LoadFault) -> TwiMLScript.Connect {
        let response: HTTPResponse
        do {
            response = try await client.send(
                voiceWebhook(of: call), to: plan.bridge, timeout: Self.patience)
        } catch { throw LoadFault("voice webhook: \(error)") }
        guard response.status == 200 else {
            throw LoadFault("voice webhook: answered \(response.status)")
        }
        return try Self.connect(response)
    }

    private func voiceWebhook(of call: LoadCall) -> HTTPRequest {
        let form: Form = [
            "CallSid": call.callSID, "AccountSid": "AC" + String(repeating: "0", count: 32),
            "From": "+15550100", "To": "+15550199", "CallStatus": "ringing",
            "Direction": "inbound", "ApiVersion": "2010-04-01",
        ]
        let target = "/api/twilio/voice"
        var request = HTTPRequest(
            method: "POST", target: target,
            fields: ["Content-Type": "application/x-www-form-urlencoded"], body: form.bytes)
        if let token = plan.token {
            request.fields[TwilioSignature.headerName] = TwilioSignature.make(
                url: plan.publicURL.with(target: target).text, form: form, key: token)
        }
        return request
    }

    /// What the TwiML connects the caller to.
    private static func connect(
        _ response: HTTPResponse
    ) throws(LoadFault) -> TwiMLScript.Connect {
        let script: TwiMLScript
        do {
            script = try TwiMLReader.read(
                response.body, contentType: response.fields["Content-Type"], allowsLoopback: true)
        } catch { throw LoadFault("voice webhook: \(error)") }
        guard case .connect(let connect)? = script.verbs.first else {
            throw LoadFault("voice webhook: the TwiML does not connect a stream")
        }
        return connect
    }

    /// The stream's socket: signed for the address in the TwiML, dialled at the bridge's own.
    private func dial(_ url: String) async throws(LoadFault) -> any MessageSocket {
        let named: WebAddress
        do { named = try WebAddress(url) } catch {
            throw LoadFault("the stream's address: \(error)")
        }
        var fields = HTTPFields()
        if let token = plan.token {
            fields[TwilioSignature.headerName] = TwilioSignature.make(url: named.text, key: token)
        }
        do {
            return try await dialer.dial(
                plan.bridge.with(scheme: "ws").with(target: named.target), fields: fields,
                timeout: Self.patience, on: loop)
        } catch { throw LoadFault("stream: \(error)") }
    }

    /// Waits for the agent's first audio, which may have come already.
    private func isHeard(_ call: LoadCall) async -> Bool {
        let timer = loop.makeTimer { call.tellHeard(false) }
        timer.arm(at: loop.now + Self.patience)
        defer { timer.disarm() }
        return await withCheckedContinuation { continuation in
            // Only here may be asked whether it has come: on the way in, messages may be read.
            guard !call.isHeard, !call.isEnding else {
                return continuation.resume(returning: call.isHeard)
            }
            call.heard = { continuation.resume(returning: $0) }
        }
    }
}

/// What sockets tell.
extension LoadRig {
    /// The bridge opened a socket to its agent.
    func agentOpened(_ socket: any MessageSocket) {
        agentsOpen += 1
        let ear = LoadAgentEar(self)
        socket.handler = ear
        guard plan.greeting == .opened, let call = awaiting else { return }
        awaiting = nil
        ear.bind(call, socket)
    }

    func agentClosed() { agentsOpen -= 1 }

    func call(named name: String?) -> LoadCall? { name.flatMap { named[$0] } }

    func greet(_ call: LoadCall) {
        if !call.greet(plan.format, agentLetters) { meter.refused += 1 }
    }

    func greetingHeard(_ call: LoadCall, at now: Int64) {
        call.isHeard = true
        if let since = call.greetedAt { meter.firstAudio.record(.nanoseconds(now - since)) }
        call.tellHeard(true)
    }

    func lost(_ call: LoadCall, _ side: String, _ closure: SocketClosure) {
        guard !call.isEnding else { return }
        call.isEnding = true
        meter.callsLost += 1
        note("\(side) closed: \(closure.cause), \(closure.code) \(closure.reason)")
        call.tellHeard(false)
    }
}
