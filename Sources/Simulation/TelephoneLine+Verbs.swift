import Calls
import Net
import Simulators
import Switchboard
import Twilio
import Wire

/// What TwiML makes Twilio do.
extension TelephoneLine {
    /// Runs a document; answers the next one, nil when the call is over.
    func run(_ script: TwiMLScript) async -> TwiMLScript? {
        // Words or keys of Twilio's come before the stream.
        if script.verbs.count > 1 { isOwedWord = false }
        for verb in script.verbs where isThere {
            diary.tell("\(sid.text.suffix(4)) runs \(verb)", at: loop.now)
            switch verb {
            case .connect(let connect): return await self.connect(connect)
            case .dial(let dial): return await ring(dial)
            case .say, .play, .playDigits:
                if case .playDigits(let keys) = verb { judge(keys: keys) }
                hearsOthers = true
                await wait(for: .seconds(2))
                hearsOthers = false
            case .pause(let seconds):
                waitsForOthers = false
                await wait(for: .seconds(seconds))
            case .redirect(let callback):
                diary.saw("waited for a place")
                waits = (waits?.since ?? rangAt ?? loop.now, loop.now)
                let next = await ask(Self.path(callback.url), status: "in-progress")
                // Who is told that nobody has time waits no more.
                if let next, !next.leadsOn { waits = nil }
                return next
            case .hangup, .reject: break
            case .gather: violated("TwiML that nobody writes")
            }
        }
        waitsForOthers = true
        judgeHangUp(script)
        hangUp()
        return nil
    }

    private func connect(_ connect: TwiMLScript.Connect) async -> TwiMLScript? {
        judgeTurn()
        judgeEmergency()
        judgeStreams()
        await open(connect)
        if isThere { await liveStream() }
        waitsForOthers = true
        reportStream("stream-stopped")
        let ended = stream
        guard let action = connect.action, isThere || temper.asksAfterEnd else { return nil }
        await wait(for: dice.milliseconds(temper.isSlowTwilio ? 200...2_000 : 10...200))
        if stream === ended { stream = nil }
        let path = Self.path(action.url)
        let next = await ask(path, status: isThere ? "in-progress" : "completed")
        if temper.asksAgain { askAgain(path) }
        return next
    }

    /// Opens the stream of a document; the one before it, if any, is left to its fate.
    private func open(_ connect: TwiMLScript.Connect) async {
        waitsForOthers = true
        await wait(for: dice.milliseconds(20...300))
        guard isThere else { return }
        let daemon = house.daemon
        let request = request("GET", "/api/twilio/stream", Form())
        guard case .webSocket(let acceptance) = await daemon.door.answer(request, on: loop) else {
            return violated("a stream was refused at the door")
        }
        guard !daemon.isDead, isThere else { return }
        let pair = MemorySocket.pair(
            on: loop, there: dice.weather(house.plan.trouble),
            back: dice.weather(house.plan.trouble), seed: dice.next())
        let end = StreamEnd(
            self, pair.b, sid: "MZ\(dice.hex(digits: 32))", on: loop,
            mediaEvery: house.plan.mediaEvery)
        replies.forgetCuts()
        expectWelcome(in: end)
        expectWord(in: end)
        turns.streamBegan(at: loop.now)
        stream = end
        streams += 1
        reportStream("stream-started")
        acceptance.accepted(daemon.holds(pair))
        end.begin(call: sid.text, parameters: connect.parameters)
        tryTheft(of: connect.parameters)
        waitsForOthers = false
    }

    /// Until the stream is over, or Twilio believes so.
    private func liveStream() async {
        let mishap =
            streams <= temper.mishaps.count && streams > 0
            ? temper.mishaps[streams - 1] : nil
        if let mishap, let stream, !stream.isOver {
            await wait(for: mishap.after)
            if isThere, !stream.isOver { await befall(mishap.mishap, stream) }
        }
        if temper.pressesKeys, let stream { pressKey(in: stream) }
        while isThere, let stream, !stream.isOver { await wait(for: .seconds(3_600)) }
    }

    private func befall(_ mishap: CallerTemper.Mishap, _ stream: StreamEnd) async {
        diary.saw("stream: \(mishap)")
        switch mishap {
        case .breaks:
            let held = loop.now - stream.began >= house.plan.limits.streamHoldsAfter
            brokenStreams = held ? 0 : brokenStreams + 1
            isOwedWord = true
            stream.breakOff()
        case .deaf:
            stream.isDeaf = true
            await wait(for: temper.noticesAfter)
            stream.breakOff()
        case .mute: stream.isMute = true
        case .garbage:
            for text in ["{", "[]", #"{"event":"dance"}"#, #"{"event":"media"}"#] {
                stream.say(text)
            }
        case .binary: stream.sayBinary()
        case .secondStart: stream.begin(call: sid.text, parameters: [])
        case .second:
            let script = await ask("/api/twilio/voice", status: "ringing")
            for case .connect(let connect) in script?.verbs ?? [] where isThere {
                await open(connect)
            }
        }
    }

    static func path(_ url: String) -> String {
        (try? WebAddress(url))?.target ?? url
    }

    // MARK: questions

    func request(_ method: String, _ path: String, _ form: Form) -> HTTPRequest {
        var request = HTTPRequest(
            method: method, target: path,
            fields: [
                "Host": "127.0.0.1:3000", "Content-Type": "application/x-www-form-urlencoded",
            ], body: form.bytes)
        request.peer = "127.0.0.1"
        return request
    }

    /// Asks one of the house's addresses; the answer must be there, and TwiML where that is due.
    /// The other party's leg `isOurs` not: what it is told is nothing to the caller.
    func ask(
        _ path: String, status: String, _ more: Form = Form(), wantsScript: Bool = true,
        isOurs: Bool = true
    ) async -> TwiMLScript? {
        waitsForOthers = true
        await loop.pause(for: dice.milliseconds(10...80))
        var form = parties
        form.append("CallStatus", status)
        for pair in more.pairs { form.append(pair.name, pair.value) }
        waitsForOthers = false
        defer { waitsForOthers = true }
        var path = path
        for _ in 0..<Self.asksMax {
            await house.untilUp()
            let daemon = house.daemon
            diary.tell("\(sid.text.suffix(4)) asks \(path)", at: loop.now)
            if path == "/api/twilio/voice" { rangAt = rangAt ?? loop.now }
            let isLeft = house.disk.isLeft(sid, to: daemon.life)
            let hasRoom = house.hasRoom
            let answer = await daemon.door.answer(request("POST", path, form), on: loop)
            guard !daemon.isDead else {
                if wantsScript && isOurs { fallBack(&path, &form) }
                continue
            }
            if isLeft && isOurs { checkRevived(daemon, path, form) }
            guard case .respond(let response) = answer else { break }
            let script = read(response, path, wantsScript)
            if path == "/api/twilio/voice", hasRoom { judgeRefusal(daemon) }
            return script
        }
        violated("\(path) was not answered")
        return nil
    }

    /// What every question bears.
    var parties: Form {
        let (here, house) = (from.raw, SimulatedHouse.number)
        return [
            "CallSid": sid.text, "AccountSid": Self.account, "ApiVersion": "2010-04-01",
            "From": isOutbound ? house : here, "To": isOutbound ? here : house,
            "Direction": isOutbound ? "outbound-api" : "inbound",
        ]
    }

    /// More processes than that do not die of one question.
    private static let asksMax = 6

    /// A process that dies while it is asked: the next one is asked, by a proxy that tries again,
    /// or by Twilio at the number's fallback address (Twilio error 11200).
    private func fallBack(_ path: inout String, _ form: inout Form) {
        guard form["ErrorCode"] == nil, dice.chance(0.5) else { return }
        diary.saw("the fallback address was asked")
        form.append("ErrorCode", "11200")
        form.append("ErrorUrl", "https://example.org\(path)")
        path = "/api/twilio/voice"
    }

    /// Whoever asks about a call that a process left behind wakes it; one that rings anew does not.
    private func checkRevived(_ daemon: DaemonInMemory, _ path: String, _ form: Form) {
        let isAsked = !path.hasPrefix("/api/twilio/voice") || form["ErrorCode"] != nil
        guard isAsked, !house.plan.diskFails, !house.ledger.revived.contains(sid),
            daemon.registry.find(sid) != nil || daemon.registry.ending(of: sid) == nil
        else { return }
        violated("a call that was written down was not gone on with: \(path)")
    }

    private func read(
        _ response: HTTPResponse, _ path: String, _ wantsScript: Bool
    ) -> TwiMLScript? {
        guard wantsScript else {
            if response.status != 204 { violated("\(path) answered \(response.status)") }
            return nil
        }
        do throws(DebuggerEntry) {
            let script = try TwiMLReader.read(
                response.body, contentType: response.fields["Content-Type"], allowsLoopback: true)
            if response.status != 200 { violated("\(path) answered \(response.status)") }
            return script
        } catch {
            violated("\(path): \(error)")
            return nil
        }
    }
}

extension TwiMLScript {
    /// Something follows for the caller: they wait on, or get somebody.
    fileprivate var leadsOn: Bool {
        verbs.contains {
            switch $0 {
            case .redirect, .connect, .dial: true
            default: false
            }
        }
    }
}
