import Audio
import CAllocations
import Calls
import Instruments
import Simulators
import Synchronization
import Testing
import Twilio
import Wire

/// A socket that writes every message into one buffer and forgets it.
private final class BlindSocket: MessageSocket {
    private let buffer = Mutex([UInt8](repeating: 0, count: 16_384))
    private let hearing = Mutex<(any MessageSocketHandler)?>(nil)
    let messages = Atomic<Int>(0)

    var handler: (any MessageSocketHandler)? {
        get { hearing.withLock { $0 } }
        set { hearing.withLock { $0 = newValue } }
    }
    var isOpen: Bool { true }
    var queuedBytes: Int { 0 }
    var refusedMessages: Int { 0 }
    var isReadingPaused: Bool {
        get { false }
        set {}
    }

    func sendText(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool {
        messages.add(1, ordering: .relaxed)
        buffer.withLock { buffer in
            buffer.withUnsafeMutableBytes { bytes in
                var writer = MessageWriter(
                    UnsafeMutableRawBufferPointer(rebasing: bytes[..<capacity]))
                write(&writer)
            }
        }
        return true
    }
    func sendBinary(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool { false }
    func ping() {}
    func close(code: UInt16, reason: String) {}
    func abort() {}
    func move(
        to loop: any SerialExecutor, then arrived: @escaping @Sendable (any MessageSocket) -> Void
    ) {}
}

@Suite(.enabled(if: allocations_are_counted(), "a sanitizer has its own allocator"))
struct HotPathTests {
    @Test(arguments: ["ulaw_8000", "pcm_16000", "pcm_24000"])
    func `a frame each way asks for no memory`(_ name: String) throws {
        let house = try CallInMemory()
        let (twilio, agent) = (BlindSocket(), BlindSocket())
        house.onLoop { $0.begin() }
        house.dialer.answer(.success(agent))
        house.loop.run(for: .zero)
        let (account, sid, stream) = (
            try #require(CallInMemory.account), try #require(CallInMemory.sid),
            try #require(CallInMemory.stream)
        )
        let call = house.call
        house.loop.run {
            call.takeStream(twilio, TwilioStart(account: account, call: sid, stream: stream))
        }
        house.loop.run(for: .zero)
        let metadata = """
            {"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":\
            {"conversation_id":"conv_test","agent_output_audio_format":"\(name)",\
            "user_input_audio_format":"\(name)"}}
            """
        let format = try #require(AudioFormat(name))
        let media = """
            {"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1",\
            "timestamp":"155","payload":"\(Base64.text([UInt8](repeating: 0x55, count: 160)))"},\
            "streamSid":"\(stream.text)"}
            """
        let speech = [UInt8](repeating: 0x11, count: format.bytesPerFrame)
        let audio = """
            {"type":"audio","audio_event":{"audio_base_64":"\(Base64.text(speech))","event_id":1}}
            """
        hear(metadata, agent, house)
        var asked: UInt = 0
        for round in 0..<200 {
            let counted = Mutex<UInt>(0)
            let frame = (Array(media.utf8), Array(audio.utf8))
            house.loop.run {
                let before = allocations_of_this_thread()
                twilio.handler?.received(text: frame.0.span.bytes, on: twilio)
                agent.handler?.received(text: frame.1.span.bytes, on: agent)
                counted.withLock { $0 = allocations_of_this_thread() - before }
            }
            house.loop.run(for: .milliseconds(20))
            // The resampler finds the size of its queues in its first second.
            if round >= 100 { asked += counted.withLock { $0 } }
        }
        #expect(agent.messages.load(ordering: .relaxed) > 200)
        #expect(twilio.messages.load(ordering: .relaxed) > 190)
        #expect(asked == 0)
    }

    private func hear(_ text: String, _ socket: BlindSocket, _ house: CallInMemory) {
        let bytes = Array(text.utf8)
        house.loop.run { socket.handler?.received(text: bytes.span.bytes, on: socket) }
        house.loop.run(for: .zero)
    }
}
