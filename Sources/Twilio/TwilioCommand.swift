package import Wire

/// Everything we say to a media stream, with the keys Twilio allows and no other: one more, and
/// it drops the message with warning 31951 (Media Streams, "messages to Twilio").
///
/// Each command writes itself into a message's buffer; the count beside it is the capacity to
/// ask the socket for. A stream's identifier was checked when it was made and needs no escapes.
package enum TwilioCommand {
    private static let mediaHead: StaticString = #"{"event":"media","streamSid":""#
    private static let mediaMiddle: StaticString = #"","media":{"payload":""#
    private static let mediaTail: StaticString = #""}}"#
    private static let markHead: StaticString = #"{"event":"mark","streamSid":""#
    private static let markMiddle: StaticString = #"","mark":{"name":"#
    private static let markTail: StaticString = "}}"
    private static let clearHead: StaticString = #"{"event":"clear","streamSid":""#
    private static let clearTail: StaticString = #""}"#
    private static let identifierBytes = 34
    /// A byte of text becomes at most `\u00XX`.
    private static let escapedBytesMax = 6

    /// Capacity of a clear.
    package static let clearBytesMax = 128

    /// Capacity of a media command for so many bytes of mu-law.
    package static func mediaBytesMax(audioCount: Int) -> Int {
        mediaBytesMax(base64Count: Base64.encodedCount(audioCount))
    }

    /// Capacity of a media command for base64 of that length.
    package static func mediaBytesMax(base64Count: Int) -> Int {
        mediaHead.utf8CodeUnitCount + identifierBytes + mediaMiddle.utf8CodeUnitCount
            + base64Count + mediaTail.utf8CodeUnitCount
    }

    /// Capacity of a mark of that name.
    package static func markBytesMax(name: String) -> Int {
        markHead.utf8CodeUnitCount + identifierBytes + markMiddle.utf8CodeUnitCount
            + escapedBytesMax * name.utf8.count + 2 + markTail.utf8CodeUnitCount
    }

    /// Plays mu-law at 8 kHz, without a header; base64 is written in place.
    @inline(__always)
    package static func media(
        _ stream: StreamSID, muLaw: UnsafeRawBufferPointer, into writer: inout MessageWriter
    ) {
        writer.append(mediaHead)
        writer.append(stream.text)
        writer.append(mediaMiddle)
        writer.append(atMost: Base64.encodedCount(muLaw.count)) { Base64.encode(muLaw, into: $0) }
        writer.append(mediaTail)
    }

    /// Plays mu-law that is base64 already, and was checked to be nothing else.
    @inline(__always)
    package static func media(
        _ stream: StreamSID, base64: UnsafeRawBufferPointer, into writer: inout MessageWriter
    ) {
        writer.append(mediaHead)
        writer.append(stream.text)
        writer.append(mediaMiddle, base64, mediaTail)
    }

    /// Asks to be told when everything sent before was played, or swept away.
    package static func mark(
        _ stream: StreamSID, name: String, into writer: inout MessageWriter
    ) {
        var quoted: [UInt8] = []
        JSON.write(name, to: &quoted)
        writer.append(markHead)
        writer.append(stream.text)
        writer.append(markMiddle)
        writer.append(quoted.span.bytes)
        writer.append(markTail)
    }

    /// Sweeps away what was sent and not played; every mark among it comes back at once.
    package static func clear(_ stream: StreamSID, into writer: inout MessageWriter) {
        writer.append(clearHead)
        writer.append(stream.text)
        writer.append(clearTail)
    }
}
