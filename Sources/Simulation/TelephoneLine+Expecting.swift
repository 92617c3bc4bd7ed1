import Calls
import Front
import Net
import Simulators
import Twilio
import Wire

/// What has to follow from what happened on a line, a while later.
extension TelephoneLine {
    /// Time for weather and for everybody to do what is due.
    private static let soon: Duration = .seconds(4)
    /// A key's own pause, then the same.
    private static let keysTold: Duration = .seconds(6)
    /// Weather, and two steps of Twilio's clock.
    private static let atOnce: Duration = .milliseconds(1_200)
    /// Twilio's slowest question, a sentence, and weather.
    private static let endedWithin: Duration = .seconds(10)

    /// Holds what is due later to its promise, if it is the same process then.
    func expect(
        after delay: Duration, _ what: String, _ holds: @escaping @Sendable () -> Bool
    ) {
        let life = house.daemon.life
        Task(executorPreference: loop.tasks) {
            await self.loop.pause(for: delay)
            guard life == self.house.daemon.life, !holds() else { return }
            self.violated(what)
        }
    }

    /// A stream begins with an agent who was there before it: they are told.
    func expectWelcome(in stream: StreamEnd) {
        guard let agent, agent.line === self, let readyAt = agent.readyAt, !agent.isClosed else {
            return
        }
        // What it has just said of itself may come to the house after this stream.
        guard loop.now - readyAt > Self.atOnce else { return }
        let before = agent.hearing.returns
        expect(after: Self.soon, "an agent was not told that the caller is back") { [self] in
            guard self.stream === stream, self.agent === agent, !agent.isDeaf, isTalking else {
                return true
            }
            return agent.hearing.returns > before
        }
    }

    /// Presses a key at some time of a stream: before the agent is there, or long after.
    func pressKey(in stream: StreamEnd) {
        // Other dice than the line's: what happens besides is the same with a key and without.
        var dice = dice
        let delay = dice.milliseconds(0...6_000)
        Task(executorPreference: loop.tasks) {
            if dice.chance(0.6) { await self.loop.pause(for: delay) }
            guard self.isThere, !stream.isOver, self.stream === stream else { return }
            stream.say(
                #"{"event":"dtmf","streamSid":"\#(stream.sid)","sequenceNumber":"2","dtmf":{"track":"inbound_track","digit":"5"}}"#
            )
            self.expectKeys(in: stream)
            self.dieOnce { !$0.pad.keys.isEmpty }
        }
    }

    /// Who was cut off and is back hears something at once.
    func expectWord(in stream: StreamEnd) {
        defer { isOwedWord = false }
        guard isOwedWord, house.ledger.livesOver == 0, emergencyAt == nil else { return }
        expectSound(in: stream, "who is back hears nothing at once")
    }

    /// An agent is gone in the middle of a conversation: a caller who hears nothing more of it
    /// hears the house at once.
    func expectCover() {
        guard let stream, !stream.isOver, !stream.isDeaf, status == "in-progress" else { return }
        expectSound(in: stream, "an agent is gone, and nothing is heard")
    }

    /// Something is heard at once, unless stream or caller is gone meanwhile.
    private func expectSound(in stream: StreamEnd, _ fault: String) {
        let since = loop.now
        expect(after: Self.atOnce, fault) { [self] in
            guard self.stream === stream, !stream.isOver, !stream.isDeaf, isThere,
                emergencyAt == nil
            else { return true }
            return heardAt > since || house.ledger.reason(of: sid) != nil
        }
    }

    /// An emergency leaves the stream at once, whatever is being said, and outlives the process.
    func expectEmergency() {
        dieOnce { $0.stand.emergency?.rest.isEmpty == false }
        if let stream, !stream.isOver, !stream.isDeaf {
            expect(after: Self.atOnce, "an emergency waits for what is being said") {
                stream.isOver || stream.isDeaf
            }
        }
        expect(after: Self.atOnce, "an emergency is not written down") { [self] in
            guard !house.plan.diskFails, house.ledger.reason(of: sid) == nil,
                emergencyAt != nil || hearsOthers,
                house.daemon.registry.find(sid) != nil
            else { return true }
            guard let stand = house.disk.pages[sid]?.memory.stand else { return false }
            if case .transfer(let transfer)? = stand.errand, transfer.author == .emergency {
                return true
            }
            return stand.emergency != nil
        }
    }

    /// A key was pressed: the agent is told, or the next one if there is none.
    func expectKeys(in stream: StreamEnd) {
        let listener = agent
        let wasTalking = isTalking
        let pressedAt = loop.now
        let what = "an agent was not told of a key"
        let isTold: @Sendable () -> Bool = { [self] in
            guard isTalking, let agent, !agent.isDeaf else { return true }
            // With its stream a key may be lost on the way.
            if let overAt = stream.overAt, overAt - pressedAt < .milliseconds(500) { return true }
            // Of one who came while the key was waited for, nobody knows which way it took.
            let came = loop.now - (agent.readyAt ?? loop.now)
            guard wasTalking ? agent === listener : came > .seconds(1) && came < Self.soon
            else { return true }
            // One who was told and went away with it is no matter of the house's.
            let tellable = house.agents.count {
                $0.line === self && $0.readyAt.map { $0 > pressedAt } ?? false
            }
            guard tellable <= 1 else { return true }
            return house.agents.contains { $0.line === self && $0.hearing.keys.contains("5") }
        }
        expect(after: Self.keysTold, what) { [self] in
            guard let stream = self.stream, loop.now - stream.began < Self.atOnce else {
                return isTold()
            }
            // With a stream that has just begun the word of it is on its way.
            expect(after: Self.atOnce, what, isTold)
            return true
        }
    }

    /// An operator ends the call: wherever the caller is, they are hung up on.
    func endByOperator() async {
        var request = request("POST", "/api/calls/\(sid.text)/end", Form())
        request.fields["X-API-Key"] = OutboundClient.key
        let daemon = house.daemon
        let isInStream = stream.map { !$0.isOver } ?? false
        let answer = await daemon.door.answer(request, on: loop)
        // A process that dies before its disk has forgotten the call leaves it to the next one.
        guard !daemon.isDead, case .respond(let response) = answer, response.status == 200 else {
            return
        }
        let within = isInStream ? Self.endedWithin : Self.soon / 2
        // Whichever process lives then: whoever was told so does not find the call in the next one.
        await loop.pause(for: within)
        if isThere, !(stream?.isDeaf ?? false) {
            violated("a call goes on that an operator has ended")
        }
    }

    /// The house hangs up on a caller who is there: not without a word when something went wrong.
    func judgeHangUp(_ script: TwiMLScript) {
        guard isThere, house.ledger.livesOver == 0, let reason = house.ledger.reason(of: sid)
        else { return }
        if reason == .callerHungUp { violated("is said to have hung up, and is there") }
        let isTold = script.verbs.contains {
            switch $0 {
            case .say, .play: true
            default: false
            }
        }
        if !reason.isOrdinary, !isTold, !wasTold {
            violated("hung up on without a word: \(reason.rawValue)")
        }
    }

    /// Nobody is told that the line is busy while there is a place.
    func judgeRefusal(_ daemon: DaemonInMemory) {
        guard !isOutbound, house.ledger.livesOver == 0, daemon.registry.find(sid) == nil,
            daemon.registry.ending(of: sid) == nil, !daemon.registry.isDraining
        else { return }
        if house.hasRoom { violated("no place is said to be free") }
    }

    /// Who was rung for an emergency once has not had their chance.
    func judgeEmergency() {
        defer { emergencyDials = 0 }
        guard house.ledger.livesOver == 0, emergencyDials > 0,
            emergencyDials < house.plan.limits.emergencyDialsMax
        else { return }
        violated("an emergency was given up after \(emergencyDials) tries")
    }

    /// Nobody gets a place before those who have waited for longer.
    func judgeTurn() {
        defer { (waits, rangAt) = (nil, nil) }
        guard !isOutbound, streams == 0, house.ledger.livesOver == 0 else { return }
        let mine = waits?.since ?? loop.now
        let before = house.lines.filter { other in
            guard other !== self, other.isThere, let waits = other.waits else { return false }
            return waits.since < mine && loop.now - waits.askedAt < WaitingLine.patience
        }
        // For whom a place is kept, and who has only not asked for it yet, is not overtaken.
        guard let first = before.first?.waits, before.count > house.placesFree else { return }
        violated("overtakes one who has waited since \(first.since)")
    }

    /// Streams that break at once are not opened for ever.
    func judgeStreams() {
        guard house.ledger.livesOver == 0 else { return }
        // An order of an operator's may open one besides.
        guard brokenStreams > house.plan.limits.streamTriesMax + 2 else { return }
        violated("\(brokenStreams) streams in a row have broken at once")
    }

    /// Somebody has overheard the stream's token.
    func tryTheft(of parameters: [TwiMLScript.Parameter]) {
        guard dice.chance(house.plan.trouble * 0.1) else { return }
        let life = house.daemon.life
        Task(executorPreference: loop.tasks) {
            await self.loop.pause(for: self.dice.milliseconds(1_000...6_000))
            let daemon = self.house.daemon
            guard daemon.life == life, daemon.isListening, !daemon.isDead else { return }
            let request = self.request("GET", "/api/twilio/stream", Form())
            guard case .webSocket(let acceptance) = await daemon.door.answer(request, on: self.loop)
            else { return }
            let pair = MemorySocket.pair(on: self.loop)
            acceptance.accepted(daemon.holds(pair))
            await Thief(self, pair.b).steal(parameters)
        }
    }
}
