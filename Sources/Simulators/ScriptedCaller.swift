/// One media stream as Twilio's end of it lives: the caller's voice out every 20 ms, the server's
/// audio played, marks echoed. No socket, no clock.
///
///     turns, keys ──▶ frames on an absolute schedule ──(weather)──▶ media, dtmf
///     orders ──▶ StreamPlayout ──▶ marks echoed, and what the caller hears
///                     └── is the agent audible? ──▶ cues of the next turn, hang-up
package struct ScriptedCaller: Sendable, Equatable {
    /// What to do.
    package enum Action: Sendable, Equatable {
        /// A message other than media.
        case send(Message)
        /// 20 ms of the caller; the time stamp is in milliseconds.
        case media([UInt8], timestamp: Int)
        /// Nothing more is read from the stream.
        case stopReading
        /// The stream's connection is lost; the caller is not.
        case loseStream
        /// The caller hangs up.
        case hangUp(rude: Bool)
    }

    /// What is said besides audio.
    package enum Message: Sendable, Equatable {
        case dtmf(Character)
        case mark(String)
    }

    /// Presentation time of the first frame: set-up, not loss; 102 to 171 have been seen.
    package static let firstTimestamp = 120
    /// One frame of a caller who says nothing.
    static let silence = [UInt8](
        repeating: HeardAudio.silence, count: StreamPlayout.frameBytes)

    private let script: CallerScript
    private let began: Duration
    private var line: Line
    private var frame = 0
    private var turn = 0
    private var place: Int?
    private var key = 0
    private var agentSpokeSince = false
    private var agentBegan: Duration?
    private var quietSince: Duration
    private var cueFrom: Duration
    /// The caller hung up, or the stream was lost.
    private var hasHungUp = false
    private var hasStoppedReading = false
    private var late: [(due: Duration, audio: [UInt8], timestamp: Int)] = []

    /// What the server sent, being played.
    package private(set) var playout: StreamPlayout
    /// What was measured so far.
    package private(set) var measures = StreamMeasures()

    /// A stream that began at `now`.
    package init(_ script: CallerScript, at now: Duration) {
        self.script = script
        began = now
        quietSince = now
        cueFrom = now
        line = Line(script.weather, seed: script.seed, since: now)
        playout = StreamPlayout(began: now, keepsAudio: script.keepsAudio)
    }

    package static func == (a: ScriptedCaller, b: ScriptedCaller) -> Bool {
        a.frame == b.frame && a.turn == b.turn && a.place == b.place && a.playout == b.playout
            && a.measures == b.measures && a.hasHungUp == b.hasHungUp
    }

    /// When the next thing happens; nil after the hang-up.
    package var deadline: Duration? {
        hasHungUp ? nil : began + StreamPlayout.frameTime * frame
    }

    /// What this caller would do on another stream of the same call: what is unsaid so far.
    package var rest: CallerScript {
        var rest = script
        rest.turns = Array(script.turns.dropFirst(turn))
        rest.keys = Array(script.keys.dropFirst(key))
        rest.losesStreamAfter = nil
        return rest
    }

    /// An order of the server, already judged.
    package mutating func take(_ order: StreamOrder, at now: Duration) -> [Action] {
        let events: [StreamPlayout.Event]
        switch order {
        case .media(let bytes):
            measures.mediaCame(at: now - began)
            events = playout.media(bytes, at: now)
        case .mark(let name): events = playout.mark(name, at: now)
        case .clear:
            measures.clearCame(at: now - began)
            events = playout.clear(at: now)
        }
        return actions(events)
    }

    /// Everything due by now.
    package mutating func pass(to now: Duration) -> [Action] {
        var all = actions(playout.advance(to: now))
        while !hasHungUp, let due = deadline, due <= now {
            listen(at: due)
            frame += 1
            pressKeys(at: due, &all)
            if let moment = script.stopsReadingAfter, !hasStoppedReading, due >= began + moment {
                hasStoppedReading = true
                all.append(.stopReading)
            }
            if let moment = script.losesStreamAfter, due >= began + moment {
                hasHungUp = true
                return all + [.loseStream]
            }
            speak(at: due)
            release(by: due, &all)
            if wantsToHangUp(at: due) {
                hasHungUp = true
                all.append(.hangUp(rude: script.isRude || isBroken(at: due)))
            }
        }
        return all
    }

    private mutating func actions(_ events: [StreamPlayout.Event]) -> [Action] {
        events.compactMap { event in
            switch event {
            case .markReached(let name): return .send(.mark(name))
            case .warning(let code):
                measures.warnings.append(code)
                return nil
            }
        }
    }

    /// Is the agent audible, and since when?
    private mutating func listen(at now: Duration) {
        if playout.isQuiet {
            if agentBegan != nil { quietSince = now }
            agentBegan = nil
            return
        }
        if agentBegan == nil {
            agentBegan = now
            measures.agentSpoke(at: playout.heard.runs.last?.start ?? now - began)
        }
        agentSpokeSince = true
    }

    private mutating func pressKeys(at now: Duration, _ all: inout [Action]) {
        while key < script.keys.count, began + script.keys[key].at <= now {
            all.append(.send(.dtmf(script.keys[key].digit)))
            key += 1
        }
    }

    /// One frame of voice or silence goes on the line.
    private mutating func speak(at now: Duration) {
        if place == nil, turn < script.turns.count, isCue(script.turns[turn].cue, at: now) {
            place = 0
            measures.callerSpoke(at: now - began, overAgent: agentBegan != nil)
        }
        let audio = nextFrame(at: now)
        let timestamp = Self.firstTimestamp + 20 * (frame - 1)
        guard let due = line.arrival(sentAt: now) else { return }
        late.append((due, audio, timestamp))
    }

    private mutating func nextFrame(at now: Duration) -> [UInt8] {
        guard let start = place else { return Self.silence }
        let audio = script.turns[turn].audio
        let end = min(start + StreamPlayout.frameBytes, audio.count)
        var bytes = Array(audio[start..<end])
        if bytes.count < StreamPlayout.frameBytes {
            bytes += Self.silence.prefix(StreamPlayout.frameBytes - bytes.count)
        }
        place = end
        if end == audio.count {
            let tail = script.turns[turn].tail
            place = nil
            turn += 1
            agentSpokeSince = agentBegan != nil
            cueFrom = now
            measures.callerFellSilent(at: now + StreamPlayout.frameTime - began - tail)
        }
        return bytes
    }

    private mutating func release(by now: Duration, _ all: inout [Action]) {
        while let first = late.first, first.due <= now {
            late.removeFirst()
            all.append(.media(first.audio, timestamp: first.timestamp))
        }
    }

    private func isCue(_ cue: CallerScript.Cue, at now: Duration) -> Bool {
        switch cue {
        case .at(let moment): return now >= began + moment
        case .overAgent(let after):
            if let agentBegan { return now >= agentBegan + after }
        case .afterAgent(let quiet):
            if agentBegan == nil, agentSpokeSince, now >= quietSince + quiet { return true }
        }
        return agentBegan == nil && now >= max(cueFrom, quietSince) + script.patience
    }

    private func isBroken(at now: Duration) -> Bool {
        line.breaksAt.map { now >= $0 } ?? false
    }

    private func wantsToHangUp(at now: Duration) -> Bool {
        if isBroken(at: now) { return true }
        switch script.hangUp {
        case .never: return false
        case .after(let moment): return now >= began + moment
        case .whenDone(let quiet):
            guard turn == script.turns.count, key == script.keys.count, agentBegan == nil else {
                return false
            }
            let since = max(quietSince, cueFrom)
            return agentSpokeSince
                ? now >= since + quiet : now >= since + script.patience
        }
    }
}
