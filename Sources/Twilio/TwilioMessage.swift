package import Wire

/// Everything a media stream says except its audio, which `TwilioReading` hands over in place
/// (Media Streams, "WebSocket messages from Twilio").
package enum TwilioMessage: Sendable, Equatable {
    /// The first message; it tells nothing but the protocol's version.
    case connected(version: String?)
    /// The second: which call this is, and what the TwiML gave along.
    case start(TwilioStart)
    /// A key the caller pressed: one of `0-9*#`, or `A-D`.
    case dtmf(digit: String)
    /// A mark of ours was reached, or swept away by a clear.
    case mark(name: String)
    /// The last: the call ended, or the stream was torn down by another instruction.
    case stop(call: CallSID?)
    /// An event that we do not know; empty when the message bears none.
    case unknown(String)
}

/// What a stream says of itself when it starts.
package struct TwilioStart: Sendable, Equatable {
    /// Whose call it is.
    package var account: AccountSID
    /// The call that is heard.
    package var call: CallSID
    /// Named in every command for it.
    package var stream: StreamSID
    /// `inbound` alone on a stream that goes both ways.
    package var tracks: [String]
    /// `audio/x-mulaw`.
    package var encoding: String
    /// 8000.
    package var sampleRate: Int64
    /// 1.
    package var channels: Int64
    /// The TwiML's parameters.
    package var parameters: [String: String]

    package init(
        account: AccountSID, call: CallSID, stream: StreamSID, tracks: [String] = ["inbound"],
        encoding: String = "audio/x-mulaw", sampleRate: Int64 = 8_000, channels: Int64 = 1,
        parameters: [String: String] = [:]
    ) {
        self.account = account
        self.call = call
        self.stream = stream
        self.tracks = tracks
        self.encoding = encoding
        self.sampleRate = sampleRate
        self.channels = channels
        self.parameters = parameters
    }

    /// True for the one format Media Streams is known to speak, and all that we can hear.
    package var isTelephoneAudio: Bool {
        encoding == "audio/x-mulaw" && sampleRate == 8_000 && channels == 1
    }
}

/// Why a message of a stream could not be used; the stream goes on without it.
package enum TwilioFault: Error, Sendable, Equatable {
    case notJSON
    /// A field that the message is worthless without, absent or of another shape, by its path.
    case missing(String)
    /// The message names another stream than the one that started here.
    case wrongStream
    /// The payload is not base64.
    case notBase64
}

extension TwilioFault: CustomStringConvertible {
    /// For a close frame and the log; never what was said.
    package var description: String {
        switch self {
        case .notJSON: "not a JSON object"
        case .missing(let field): "\(field) is missing or of another shape"
        case .wrongStream: "the message names another stream"
        case .notBase64: "the payload is not base64"
        }
    }
}

extension TwilioMessage {
    /// Reads a message that is no media; numbers may be written as strings or not, and keys that
    /// we do not know are passed over.
    package init(_ json: JSON) throws(TwilioFault) {
        switch json["event"]?.text {
        case "connected": self = .connected(version: json["version"]?.text)
        case "start": self = try .start(TwilioStart(json))
        case "dtmf":
            guard let digit = json["dtmf"]?["digit"]?.text, Self.isKey(digit) else {
                throw .missing("dtmf.digit")
            }
            self = .dtmf(digit: digit)
        case "mark":
            guard let name = json["mark"]?["name"]?.text else { throw .missing("mark.name") }
            self = .mark(name: name)
        case "stop": self = .stop(call: json["stop"]?["callSid"]?.text.flatMap { CallSID($0) })
        case let event: self = .unknown(event ?? "")
        }
    }

    /// True for what a telephone has: the agent is told keys as words, which a peer must not choose.
    private static func isKey(_ digit: String) -> Bool {
        digit.utf8.count == 1 && digit.utf8.allSatisfy("0123456789*#ABCD".utf8.contains)
    }
}

extension TwilioStart {
    fileprivate init(_ json: JSON) throws(TwilioFault) {
        let start = json["start"] ?? .null
        guard let account = start["accountSid"]?.text.flatMap({ AccountSID($0) }) else {
            throw .missing("start.accountSid")
        }
        guard let call = start["callSid"]?.text.flatMap({ CallSID($0) }) else {
            throw .missing("start.callSid")
        }
        let name = start["streamSid"]?.text ?? json["streamSid"]?.text
        guard let stream = name.flatMap({ StreamSID($0) }) else {
            throw .missing("start.streamSid")
        }
        if let other = json["streamSid"]?.text, other != stream.text { throw .wrongStream }
        let format = start["mediaFormat"] ?? .null
        let pairs = (start["customParameters"]?.members ?? []).compactMap { member in
            member.value.text.map { (member.name, $0) }
        }
        self.init(
            account: account, call: call, stream: stream,
            tracks: (start["tracks"]?.elements ?? []).compactMap(\.text),
            encoding: format["encoding"]?.text ?? "audio/x-mulaw",
            sampleRate: format["sampleRate"]?.whole ?? 8_000,
            channels: format["channels"]?.whole ?? 1,
            parameters: Dictionary(pairs) { first, _ in first })
    }
}
