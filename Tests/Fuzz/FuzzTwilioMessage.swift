// Whatever comes over a media stream must not crash; what the scanner takes for audio must be the
// same to the full parser; and audio that decodes must come back from our own command unchanged.
import Twilio
import Wire

private let stream = StreamSID("MZ00000000000000000000000000000001")

/// What one ear has learned from must not change what it hears: the message is heard after another
/// one, and after itself, as it is read alone.
private func hearAgain(_ message: [UInt8]) {
    let usual = Array(
        """
        {"event":"media","sequenceNumber":"4","media":{"track":"inbound","chunk":"3","timestamp":\
        "60","payload":"AAAA"},"streamSid":"MZ00000000000000000000000000000001"}
        """.utf8)
    let alone = facts(TwilioReading(message.span.bytes, stream: stream))
    var ear = TwilioEar(stream: stream)
    for before in [usual, message] {
        _ = ear.hear(before.span.bytes)
        precondition(facts(ear.hear(message.span.bytes)) == alone, "heard otherwise than read")
    }
}

private func facts(_ reading: TwilioReading) -> [String] {
    switch reading {
    case .media(let media):
        [
            "\(media.chunk) \(media.timestamp) \(media.sequenceNumber)",
            "\(media.isOurs) \(media.isInbound)",
            media.base64.lend { String(decoding: $0, as: UTF8.self) },
        ]
    case .message(let message): ["\(message)"]
    case .malformed(let fault): ["\(fault)"]
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let message = Array(UnsafeBufferPointer(start: bytes, count: count))
    hearAgain(message)
    guard let stream,
        case .media(let media) = TwilioReading(message.span.bytes, stream: stream)
    else { return 0 }
    let letters = media.base64.lend { Array($0) }
    guard let json = try? JSON(parsing: message), json["event"] == "media",
        let payload = json["media"]?["payload"]?.text
    else { preconditionFailure("read as media by one way only") }
    precondition(Array(payload.utf8) == letters)
    precondition(media.chunk == json["media"]?["chunk"]?.whole ?? 0)
    precondition(media.isOurs == (json["streamSid"]?.text == stream.text))

    guard let audio = Base64.bytes(payload) else { return 0 }
    let capacity = TwilioCommand.mediaBytesMax(audioCount: audio.count)
    let command = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        var writer = MessageWriter(UnsafeMutableRawBufferPointer(buffer))
        audio.withUnsafeBytes { TwilioCommand.media(stream, muLaw: $0, into: &writer) }
        count = writer.count
    }
    guard case .media(let again) = TwilioReading(command.span.bytes, stream: stream) else {
        preconditionFailure("our own command is no media")
    }
    precondition(again.isOurs && again.base64.lend { Array($0) } == letters)
    return 0
}
