// Whatever the agent's side says must not crash, as a message, a report, a record or a refusal;
// what the scanner takes for audio must be the same to the full parser.
import ElevenLabs
import Wire

/// The message is heard after another one, and after itself, as it is read alone.
private func hearAgain(_ message: [UInt8]) {
    let usual = Array(
        #"{"type":"audio","audio_event":{"event_id":6,"audio_base_64":"AAAA"}}"#.utf8)
    let alone = facts(AgentReading(message.span.bytes))
    var ear = AgentEar()
    for before in [usual, message] {
        _ = ear.hear(before.span.bytes)
        precondition(facts(ear.hear(message.span.bytes)) == alone, "heard otherwise than read")
    }
}

private func facts(_ reading: AgentReading) -> [String] {
    switch reading {
    case .audio(let audio):
        [
            "\(audio.eventID ?? -1)", audio.withAlignment { "\($0?.count ?? -1)" },
            audio.base64.lend { String(decoding: $0, as: UTF8.self) },
        ]
    case .message(let message): ["\(message)"]
    case .malformed(let fault): ["\(fault)"]
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let message = Array(UnsafeBufferPointer(start: bytes, count: count))
    hearAgain(message)
    let json = try? JSON(parsing: message)
    switch AgentReading(message.span.bytes) {
    case .audio(let audio):
        guard let json, json["type"] == "audio" else {
            preconditionFailure("read as audio by one way only")
        }
        let body = json["audio_event"]?.members == nil ? json : json["audio_event"] ?? .null
        let letters = audio.base64.lend { String(decoding: $0, as: UTF8.self) }
        precondition(body["audio_base_64"]?.text == letters)
        precondition(body["event_id"]?.whole == audio.eventID)
    case .message(.error(let error)):
        let closure = SocketClosure(cause: .peer, code: 1002, reason: error.text)
        precondition(AgentClose(closure, after: error).meaning != .ended)
    case .message, .malformed: break
    }
    if let json { _ = try? AgentReport(json) }
    guard let base = try? WebAddress("https://api.elevenlabs.io") else {
        preconditionFailure("the service's own address is one")
    }
    for status in [200, 404, 429] {
        let response = HTTPResponse(status: status, body: message)
        do {
            _ = try AgentRequest.signedURL(from: response, base: base)
        } catch {
            precondition(error.message.count <= AgentRefusal.messageCharactersMax)
        }
        _ = try? AgentRequest.record(from: response)
        _ = try? AgentRequest.settings(from: response)
        _ = try? AgentRequest.twiML(from: response)
    }
    let header = String(decoding: message, as: UTF8.self)
    let isBelieved: ()? = try? AgentSignature.check(
        header, body: [], secrets: [SecretText("wsec_test")], now: .seconds(1_760_000_000))
    precondition(isBelieved == nil, "a guess was believed")
    return 0
}
