import Twilio
import Wire

/// From a chunk of base64 to waiting frames, or straight on to Twilio.
extension Downlink {
    /// Untouched it may go when it is µ-law, whole frames, next in line and within the lead.
    func canForward(_ bytes: Int, _ lasting: Duration, at now: Duration) -> Bool {
        guard !isConverting, waiting.count == 0, stream != nil else { return false }
        return bytes > 0 && bytes % Self.frameBytes == 0
            && clock.lead(at: now) + lasting <= leadMax
    }

    /// Sends the agent's base64, which was checked when it was read, as it is.
    mutating func forward(
        _ base64: UnsafeRawBufferPointer, _ bytes: Int, _ lasting: Duration,
        to socket: any MessageSocket, at now: Duration, _ tally: inout CallTally
    ) -> Outcome {
        guard let stream else { return keep(base64, &tally) }
        let isSent = socket.sendText(
            capacity: TwilioCommand.mediaBytesMax(base64Count: base64.count)
        ) {
            TwilioCommand.media(stream, base64: base64, into: &$0)
        }
        guard isSent else {
            tally.messagesRefused += 1
            return keep(base64, &tally)
        }
        sent(bytes, lasting, to: socket, at: now, &tally)
        return .taken
    }

    /// Decodes, converts and queues.
    mutating func keep(_ base64: UnsafeRawBufferPointer, _ tally: inout CallTally) -> Outcome {
        var refused = 0
        let isWhole = Base64Pieces.decode(base64) { piece in
            if isConverting {
                transcoder?.push(piece) { refused += waiting.append($0) }
            } else {
                refused += waiting.append(piece)
            }
        }
        guard isWhole else { return .malformed }
        holdsTail = true
        tally.bytesRefused += refused
        return refused == 0 ? .taken : .full
    }
}
