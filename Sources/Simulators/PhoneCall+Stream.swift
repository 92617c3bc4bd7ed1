import Instruments
import Net
import Twilio
import Wire

/// `<Connect><Stream>`.
extension PhoneCall {
    /// Twilio's own limit is not documented.
    private static let handshakeTimeout: Duration = .seconds(10)

    func connect(_ connect: TwiMLScript.Connect, _ base: WebAddress?) async -> Next? {
        hear("connect", connect.url)
        let sid = "MZ\(random.hex(digits: 32))"
        let name = connect.name ?? sid
        var ending: PhoneStream.Ending
        do throws(DebuggerEntry) {
            let opened = try await open(connect, base)
            tell(connect, "stream-started", sid, name, nil, base)
            ending = await live(connect, sid: sid, on: opened.socket, handshake: opened.handshake)
        } catch {
            ending = .failed(error)
        }
        if case .failed(let entry) = ending {
            note(entry)
            tell(connect, "stream-error", sid, name, entry.streamTitle, base)
        } else {
            tell(connect, "stream-stopped", sid, name, nil, base)
        }
        hear("stream-ended", PhoneStream.words(ending))
        if let next = await takeUpdate() { return next }
        if ending == .callerHungUp { return .over("the caller hung up") }
        guard let action = connect.action else { return nil }
        if order.asksAfter > .zero { await idle(order.asksAfter) }
        return await follow(action, base)
    }

    private func open(
        _ connect: TwiMLScript.Connect, _ base: WebAddress?
    ) async throws(DebuggerEntry) -> (socket: any MessageSocket, handshake: Duration) {
        if let fault = connect.fault { throw fault }
        guard var address = PhonePost.resolve(connect.url, against: base) else {
            throw DebuggerEntry(31923, "\(connect.url) is no address")
        }
        // A relative address is the document's, with the scheme of sockets.
        if !connect.url.contains("://") {
            address = address.with(scheme: address.isSecure ? "wss" : "ws")
        }
        var fields: HTTPFields = [
            "Host": address.authority, "User-Agent": "Twilio.TmeWs/1.0",
        ]
        if let token = order.authToken {
            fields["x-twilio-signature"] = TwilioSignature.make(url: connect.url, key: token)
        }
        let dialled = loop.now
        do {
            let socket = try await dialer.dial(
                order.route(address), fields: fields, timeout: Self.handshakeTimeout, on: loop)
            return (socket, loop.now - dialled)
        } catch {
            throw Self.entry(error)
        }
    }

    private static func entry(_ error: DialError) -> DebuggerEntry {
        switch error {
        case .resolve(let why): DebuggerEntry(31904, why)
        case .connect(let why): DebuggerEntry(31902, why)
        case .tls(let why): DebuggerEntry(31910, why)
        case .refused(let status, _): DebuggerEntry(31920, "the upgrade was answered \(status)")
        case .handshake(let why): DebuggerEntry(31920, why)
        case .timedOut, .cancelled: DebuggerEntry(31901, "the upgrade was not answered in time")
        }
    }

    private func live(
        _ connect: TwiMLScript.Connect, sid: String, on socket: any MessageSocket,
        handshake: Duration
    ) async -> PhoneStream.Ending {
        let opened = loop.now - began
        let voice = StreamVoice(
            accountSID: order.accountSID, callSID: callSID, streamSID: sid)
        let stream = PhoneStream(caller, voice: voice, on: loop)
        self.stream = stream
        // REST does not wait for a handshake.
        if let update { interrupt(for: update) }
        let guardTimer = loop.makeTimer { [weak stream] in stream?.hangUp() }
        guardTimer.arm(at: began + order.limit)
        let ending = await stream.live(on: socket, parameters: connect.parameters)
        guardTimer.disarm()
        self.stream = nil
        caller = stream.caller.rest
        for entry in stream.judge.entries { note(entry) }
        for code in stream.caller.measures.warnings {
            note(DebuggerEntry(code, "more than ten minutes of audio were queued"))
        }
        result.heard.add(stream.caller.playout.heard, after: opened)
        result.streams.append(
            .init(
                streamSID: sid, openedAt: opened, handshake: handshake,
                measures: stream.caller.measures, judge: stream.judge,
                length: loop.now - began - opened, ending: PhoneStream.words(ending)))
        return ending
    }

    /// The stream's own callback.
    private func tell(
        _ connect: TwiMLScript.Connect, _ event: String, _ sid: String, _ name: String,
        _ error: String?, _ base: WebAddress?
    ) {
        guard let callback = connect.statusCallback,
            let address = PhonePost.resolve(callback.url, against: base)
        else { return }
        let told = form.stream(
            event, streamSID: sid, name: name, error: error, at: loop.time.wallClock)
        deliver(told, to: address, method: callback.method)
    }
}
