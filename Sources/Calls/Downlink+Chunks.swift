import Audio
import Twilio
import Wire

/// From a chunk of base64 to waiting frames, or straight on to Twilio.
extension Downlink {
    /// A chunk is decoded in pieces of so many bytes: six frames, on the stack.
    private static let pieceBytes = 960
    private static let pieceCharacters = pieceBytes / 3 * 4

    /// Untouched it may go when it is µ-law, whole frames, next in line and within the lead.
    func canForward(_ base64: UnsafeRawBufferPointer, at now: Duration) -> Bool {
        guard transcoder == nil, waiting.count == 0, stream != nil else { return false }
        let bytes = Base64.decodedCount(of: base64)
        return bytes > 0 && bytes % Self.frameBytes == 0
            && clock.lead(at: now) + AudioFormat.ulaw8000.duration(ofBytes: bytes) <= leadMax
    }

    /// Sends the agent's base64 as it is.
    mutating func forward(
        _ base64: UnsafeRawBufferPointer, to socket: any MessageSocket, at now: Duration,
        _ tally: inout CallTally
    ) -> Outcome {
        guard let stream, decode(base64, { _ in }) else { return .malformed }
        let bytes = Base64.decodedCount(of: base64)
        let isSent = socket.sendText(
            capacity: TwilioCommand.mediaBytesMax(base64Count: base64.count)
        ) {
            TwilioCommand.media(stream, base64: base64, into: &$0)
        }
        sent(bytes, isSent, to: socket, at: now, &tally)
        return .taken
    }

    /// Decodes, converts and queues.
    mutating func keep(_ base64: UnsafeRawBufferPointer, _ tally: inout CallTally) -> Outcome {
        // Checked as a whole first, so that a broken chunk leaves no half behind.
        guard decode(base64, { _ in }) else { return .malformed }
        var refused = 0
        _ = decode(base64) { piece in
            if transcoder == nil {
                refused += waiting.append(piece)
            } else {
                transcoder?.push(piece) { refused += waiting.append($0) }
            }
        }
        holdsTail = true
        tally.bytesRefused += refused
        return refused == 0 ? .taken : .full
    }

    /// Lends the decoded bytes piece by piece; false when it is not base64.
    private func decode(
        _ base64: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: Self.pieceBytes, alignment: 16) { buffer in
            var rest = base64[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceCharacters))
                rest = rest.dropFirst(piece.count)
                guard let count = Base64.decode(piece, into: buffer) else { return false }
                // Padding belongs at the very end.
                guard rest.isEmpty || count == Self.pieceBytes else { return false }
                body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            return true
        }
    }
}
