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
        guard let agent, agent.line === self, agent.readyAt != nil, !agent.isClosed else { return }
        let before = agent.hearing.returns
        expect(after: Self.soon, "an agent was not told that the caller is back") { [self] in
            guard self.stream === stream, self.agent === agent, !agent.isDeaf, isTalking else {
                return true
            }
            return agent.hearing.returns > before
        }
    }

    /// A key was pressed: the agent is told, or the next one if there is none.
    func expectKeys() {
        let listener = agent
        let wasTalking = isTalking
        let pressedAt = loop.now
        expect(after: Self.keysTold, "an agent was not told of a key") { [self] in
            guard isTalking, let agent, !agent.isDeaf else { return true }
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
    }

    /// An operator ends the call: wherever the caller is, they are hung up on.
    func endByOperator() async {
        var request = request("POST", "/api/calls/\(sid.text)/end", Form())
        request.fields["X-API-Key"] = OutboundClient.key
        let life = house.daemon.life
        let answer = await house.daemon.door.answer(request, on: loop)
        guard case .respond(let response) = answer, response.status == 200 else { return }
        expect(after: Self.endedWithin, "a call goes on that an operator has ended") {
            [self] in
            // A process that dies before its disk has forgotten the call leaves it to the next one.
            !isThere || stream?.isDeaf ?? false || house.daemon.life != life
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
        defer { waits = nil }
        guard !isOutbound, streams == 0, house.ledger.livesOver == 0 else { return }
        let mine = waits?.since ?? loop.now
        for other in house.lines where other !== self && other.isThere {
            guard let waits = other.waits, waits.since < mine,
                loop.now - waits.askedAt < WaitingLine.patience
            else { continue }
            violated("overtakes one who has waited since \(waits.since)")
        }
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
            acceptance.accepted(daemon.holds(pair.a))
            await Thief(self, pair.b).steal(parameters)
        }
    }
}
