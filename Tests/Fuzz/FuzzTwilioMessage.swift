// Whatever comes over a media stream must not crash; what the scanner takes for audio must be the
// same to the full parser; and audio that decodes must come back from our own command unchanged.
import Twilio
import Wire

private let stream = StreamSID("MZ00000000000000000000000000000001")

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let message = Array(UnsafeBufferPointer(start: bytes, count: count))
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
