/// What the caller's line and the agent's service say in tests of whole calls.
enum CallerLine {
    /// 20 ms that are certainly speech, and 20 ms that certainly are not.
    static let speech = (0..<160).map { UInt8($0 % 2 == 0 ? 0x9A : 0x1A) }
    static let silence = [UInt8](repeating: 0xFF, count: 160)

    /// The caller's line for a while, a frame every 20 ms.
    static func send(
        _ house: CallInMemory, _ audio: [UInt8], from chunk: inout Int, for duration: Duration
    ) {
        for _ in 0..<Int(duration / .milliseconds(20)) {
            chunk += 1
            house.callerSpeaks(audio, chunk: chunk)
            house.loop.run(for: .milliseconds(20))
        }
    }

    /// The agent's request for a tool.
    static func tool(_ name: String, _ id: String, _ parameters: String) -> String {
        #"{"type":"client_tool_call","client_tool_call":{"tool_name":"\#(name)","#
            + #""tool_call_id":"\#(id)","parameters":\#(parameters)}}"#
    }
}

/// Carries a value out of a closure.
// Safe because everything here is on one thread.
final class Box<Value>: @unchecked Sendable {
    var value: Value?
}
