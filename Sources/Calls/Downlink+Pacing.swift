import Audio
import Twilio
import Wire

/// From waiting frames to Twilio, no further ahead than the lead allows.
extension Downlink {
    /// Sends what the lead allows; answers when to come back, nil when nothing is left to do.
    mutating func pump(
        to socket: any MessageSocket, at now: Duration, _ tally: inout CallTally
    ) -> Duration? {
        sendWaiting(to: socket, at: now, &tally)
        if waiting.count >= Self.frameBytes {
            let room = Self.frame * Self.framesPerMessageMax
            return max(clock.playedUntil - leadMax + room, now + Self.frame)
        }
        let isHolding = holdsTail || waiting.count > 0
        guard isHolding || sentSinceMark > .zero else { return nil }
        let pause = isHolding ? Self.tailPause : Self.markPause
        let due = max(lastChunk + pause, clock.playedUntil - Self.tailAhead)
        guard isFinishing || now >= due else { return due }
        endUtterance()
        sendWaiting(to: socket, at: now, &tally)
        sendMark(to: socket)
        return waiting.count > 0 ? now + Self.frame : nil
    }

    private mutating func sendWaiting(
        to socket: any MessageSocket, at now: Duration, _ tally: inout CallTally
    ) {
        while waiting.count >= Self.frameBytes {
            let room = frames(in: leadMax - clock.lead(at: now))
            let frames = min(room, waiting.count / Self.frameBytes)
            guard frames > 0, send(frames, to: socket, at: now, &tally) else { return }
        }
    }

    /// Whole frames in that time, a message's at the most; in 64 bits, for it is reckoned with
    /// every chunk.
    private func frames(in room: Duration) -> Int {
        let most = Duration.milliseconds(20 * Self.framesPerMessageMax)
        let bounded = min(max(room, .zero), most)
        let frame = Int64(truncatingIfNeeded: Self.frame.attoseconds)
        return Int(Int64(truncatingIfNeeded: bounded.attoseconds) / frame)
    }

    /// Sends so many waiting frames; false when the socket has no room, and they wait on.
    private mutating func send(
        _ frames: Int, to socket: any MessageSocket, at now: Duration, _ tally: inout CallTally
    ) -> Bool {
        guard let stream else { return false }
        let bytes = frames * Self.frameBytes
        var isSent = false
        waiting.take(bytes) { audio in
            isSent = socket.sendText(capacity: TwilioCommand.mediaBytesMax(audioCount: bytes)) {
                TwilioCommand.media(stream, muLaw: audio, into: &$0)
            }
            return isSent
        }
        if isSent {
            let duration = AudioFormat.telephone.duration(ofBytes: bytes)
            sent(bytes, duration, to: socket, at: now, &tally)
        } else {
            tally.messagesRefused += 1
        }
        return isSent
    }

    /// Books what went out, and marks it now and then.
    mutating func sent(
        _ bytes: Int, _ duration: Duration, to socket: any MessageSocket, at now: Duration,
        _ tally: inout CallTally
    ) {
        clock.send(duration, at: now)
        tally.quality.sent(duration, at: now)
        tally.framesOut += bytes / Self.frameBytes
        tally.bytesOut += bytes
        sentSinceMark += duration
        if sentSinceMark >= markAfter { sendMark(to: socket) }
    }

    private mutating func sendMark(to socket: any MessageSocket) {
        guard let stream, sentSinceMark > .zero else { return }
        let number = marks.next()
        if waiting.count == 0 && !holdsTail { ledger.settle(sent: clock.sent) }
        ledger.mark(number, sent: clock.sent)
        let name = MarkLine.name(number)
        sentSinceMark = .zero
        socket.sendText(capacity: TwilioCommand.markBytesMax(name: name)) {
            TwilioCommand.mark(stream, name: name, into: &$0)
        }
    }

    /// What was held back comes out, padded to a whole frame.
    mutating func endUtterance() {
        holdsTail = false
        transcoder?.finish { _ = waiting.append($0) }
        let short = waiting.count % Self.frameBytes
        guard short > 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: Self.frameBytes - short, alignment: 16) { pad in
            // µ-law silence (G.711: 0xFF decodes to 0).
            pad.initializeMemory(as: UInt8.self, repeating: 0xFF)
            _ = waiting.append(UnsafeRawBufferPointer(pad))
        }
    }
}
