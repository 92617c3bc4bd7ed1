package import Twilio
package import Wire

/// The caller's side: what Twilio's stream says.
extension Call {
    /// No stream lives for 2^32 pieces of 20 ms; a number beyond that is nonsense, and kept from
    /// our sums.
    private static let chunkMax = Int64(UInt32.max)
    /// The longest name of a message that either side is known to use has 32 letters.
    private static let wordMax = 32
    /// More marks than a process sends into one stream: one a second, and one a sentence.
    private static let marksPerProcess = 1_000_000

    /// The stream proved its ticket and came to this loop: the call has it from here on. False when
    /// a process before this one has let a stream in for the same ticket.
    @discardableResult
    nonisolated package func takeStream(
        _ socket: any MessageSocket, _ start: TwilioStart
    ) -> Bool {
        // Safe because the socket has just arrived on this call's loop, which is its executor.
        assumeIsolated { call in
            let nonce = start.parameters[StreamToken.parameter].flatMap(StreamToken.nonce)
            if let nonce, call.streams.contains(nonce) { return false }
            call.attach(socket, start, nonce, adoptions: 0)
            return true
        }
    }

    /// The stream was another process's, and goes on in this one: the `adoptions`th since its
    /// beginning. What that process has sent is played yet.
    nonisolated package func adoptStream(
        _ socket: any MessageSocket, _ start: TwilioStart, adoptions: Int
    ) {
        // Safe because the socket was made on this call's loop, which is its executor.
        assumeIsolated { $0.attach(socket, start, $0.streams.last, adoptions: adoptions) }
    }

    private func attach(
        _ line: any MessageSocket, _ start: TwilioStart, _ nonce: String?, adoptions: Int
    ) {
        recorder?.heard(.streamTaken(start, adoptions: adoptions))
        let socket = recorder?.listening(to: line) ?? line
        guard !isOver else {
            return socket.close(code: WebSocketClose.normal, reason: "call is over")
        }
        let isSecond = callerSocket != nil
        if let first = callerSocket {
            // Twilio holds one stream per call, so the newer one is the true one.
            callerSocket = nil
            if machine.isConversing { callerIsAway() }
            first.close(code: WebSocketClose.normal, reason: "replaced by another stream")
        }
        callerSocket = socket
        streamHere = nonce
        callerEar = TwilioEar(stream: start.stream)
        callerSilence = SilenceWatch()
        facts.stream = start.stream
        lastChunk = 0
        streamBeganAt = time
        if streamStartedAt == nil { streamStartedAt = time }
        downlink.begin(stream: start.stream, at: time)
        downlink.marks.skip(to: adoptions * Self.marksPerProcess)
        tally.quality.streamBegan(at: time)
        socket.handler = CallerPort(self)
        services.keeper.keep(line, start)
        tell(isSecond ? .streamReplaced : adoptions > 0 ? .streamAdopted : .streamConnected)
        settleWhatWaits()
        take(isSecond ? .callerReplaced : .callerStarted)
        awaySince = nil
        beat()
        if adoptions == 0 { spend(nonce) }
    }

    /// A ticket lets one stream in, also should this process die now. What a trace does not tell of
    /// is remembered all the same: each memory is a look at the clock.
    private func spend(_ nonce: String?) {
        if streams.count == CallMemory.streamsMax { streams.removeFirst() }
        if let nonce { streams.append(nonce) }
        remember()
    }

    /// What still waits goes on by itself for a caller who was only cut off. One who was led
    /// elsewhere has heard others meanwhile: an agent that goes on says it again.
    private func settleWhatWaits() {
        if wasLedElsewhere {
            hasMissedWords = hasMissedWords || !downlink.isQuiet(at: time)
            downlink.forget()
            wasLedElsewhere = false
        }
        isOwedWord = machine.owesWord
        let wasCutOff = hasLostWords || isOwedWord
        hasLostWords =
            hasMissedWords || wasReplyOpen || wasCutOff && downlink.isAllButQuiet(at: time)
        hasMissedWords = false
    }

    /// The stream is left, or over: what comes of it from now on is not heard.
    func dropStream(code: UInt16, _ reason: String) {
        guard let socket = callerSocket else { return }
        callerSocket = nil
        callerIsAway()
        socket.close(code: code, reason: reason)
    }

    /// Nobody hears anything until the next stream; what was heard is settled.
    private func callerIsAway() {
        awaySince = time
        hasLostWords = !downlink.isQuiet(at: time)
        wasReplyOpen = conversation.isReplyUnfinished
        isOwedAnswer = answers.isWaiting
        conversation.leftLine(heard: downlink.heard(at: time))
        downlink.leave(at: time)
        wasLedElsewhere = machine.isLedElsewhere
        tally.quality.streamEnded(at: time)
        pauseGuarding()
    }

    /// One text message from Twilio.
    func callerSaid(_ text: RawSpan, on socket: any MessageSocket) {
        guard socket === callerSocket else { return }
        callerMessages += 1
        switch callerEar.hear(text) {
        case .media(let media): callerSpoke(media)
        case .message(let message): callerMessage(message)
        case .malformed(let fault): count(callerFault(fault), "\(fault)")
        }
    }

    private func callerSpoke(_ media: TwilioMedia) {
        guard media.isOurs else { return count(.callerStreamSIDWrong) }
        guard media.isInbound else { return }
        guard (0...Self.chunkMax).contains(media.chunk) else {
            return count(.callerMessageMalformed)
        }
        if lastChunk > 0, media.chunk > lastChunk + 1 {
            tally.framesLost += Int(media.chunk - lastChunk - 1)
        }
        lastChunk = max(lastChunk, media.chunk)
        let now = time
        tally.quality.frame(chunk: media.chunk, timestamp: media.timestamp, at: now)
        let outcome = media.base64.lend { base64 in
            let outcome = uplink.take(base64: base64, to: agentSocket, &tally)
            if outcome != .malformed { listen(base64, at: now) }
            return outcome
        }
        switch outcome {
        case .taken: break
        case .malformed: count(.callerAudioMalformed)
        case .full: count(.agentQueueFull)
        }
    }

    private func callerMessage(_ message: TwilioMessage) {
        switch message {
        case .connected: break
        case .start: breakOff()
        case .mark(let name):
            tally.quality.markEchoed()
            if downlink.echoed(name, at: time), downlink.isSettled { take(.playbackFinished) }
        case .dtmf(let key): pressed(key)
        case .stop: take(.callerStopped)
        case .unknown(let event): count(.callerMessageUnknown, Self.named(event))
        }
    }

    /// A binary message is nothing Twilio ever sends.
    func callerSaidBinary(on socket: any MessageSocket) {
        guard socket === callerSocket else { return }
        count(.callerMessageBinary)
        socket.close(code: WebSocketClose.unsupportedData, reason: "binary message")
        take(.callerBroke)
    }

    private func breakOff() {
        count(.callerStartedTwice)
        callerSocket?.close(code: WebSocketClose.protocolError, reason: "second start")
        take(.callerBroke)
    }

    /// The caller's socket is no more.
    func callerClosed(_ closure: SocketClosure, on socket: any MessageSocket) {
        guard socket === callerSocket else { return }
        callerSocket = nil
        callerIsAway()
        tell(.streamLost(detail: Self.words(for: closure)))
        take(closure.cause == .violation ? .callerBroke : .callerLost)
    }

    /// A reason that the peer gave is its own words, and stays out of the log.
    private static func words(for closure: SocketClosure) -> String {
        let code = "close code \(closure.code)"
        return closure.cause == .peer ? code : "\(code): \(closure.reason)"
    }

    /// Counts what a peer did wrong; told the first time it happens in this call.
    func count(_ fault: CallFault, _ detail: @autoclosure () -> String? = nil) {
        if tally.count(fault) { tell(.fault(fault, detail: detail())) }
    }

    /// A peer's word for a kind of message, fit for one log line: neither numbers nor sentences get
    /// into the log by it.
    static func named(_ word: String) -> String {
        let letters = word.utf8.prefix(wordMax).filter { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            default: byte == UInt8(ascii: "_")
            }
        }
        return letters.isEmpty ? "it has no name" : String(decoding: letters, as: UTF8.self)
    }

    private func callerFault(_ fault: TwilioFault) -> CallFault {
        switch fault {
        case .wrongStream: .callerStreamSIDWrong
        case .notBase64: .callerAudioMalformed
        default: .callerMessageMalformed
        }
    }
}
