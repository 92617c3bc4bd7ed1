import ElevenLabs
import Instruments
import Net
import Wire

/// Posts the report of a finished conversation, signed, and repeats it as the service does when
/// the answer is 5xx, 429 or 408.
final class ReportPoster: Sendable {
    /// Waits before each try; the service's own are 0, 30, 120, 480 and 1800 s.
    private static let waits: [Duration] = [.zero, .seconds(1), .seconds(5)]

    private let options: AgentOptions
    private let client: HTTPClient
    private let loop: EventLoop
    private let log: Log

    init(_ options: AgentOptions, client: HTTPClient, loop: EventLoop, log: Log) {
        self.options = options
        self.client = client
        self.loop = loop
        self.log = log
    }

    func post(_ outcome: AgentOutcome) {
        guard let address = options.reportTo else { return }
        let event = AgentReportWriter.event(outcome, at: loop.time.wallClock).bytes
        Task(executorPreference: loop.tasks) { [self] in
            if options.reportFault == .late { await loop.pause(for: .seconds(10)) }
            await deliver(event, to: address)
            if options.reportFault == .duplicate { await deliver(event, to: address) }
            if options.reportsAudio {
                await deliver(audioEvent(outcome), to: address)
            }
        }
    }

    private func deliver(_ body: [UInt8], to address: WebAddress) async {
        for wait in Self.waits {
            if wait > .zero { await loop.pause(for: wait) }
            let status = await send(body, to: address)
            guard let status, status >= 500 || status == 429 || status == 408 else {
                return log.info(
                    "agent.report", "A report was posted",
                    LogField("STATUS", status.map(String.init) ?? "unreachable"))
            }
        }
        log.warning("agent.report", "A report was given up")
    }

    private func send(_ body: [UInt8], to address: WebAddress) async -> Int? {
        let secret =
            options.reportFault == .wrongSignature ? SecretText("wsec_wrong") : options.reportSecret
        let signature = AgentSignature.header(
            body: body, secret: secret, at: loop.time.wallClock)
        let request = HTTPRequest(
            method: "POST", target: address.target,
            fields: [
                "elevenlabs-signature": signature, "Content-Type": "application/json",
                "User-Agent": "Python/3.12 aiohttp/3.11.16",
            ], body: body)
        return try? await client.send(request, to: address, timeout: .seconds(20)).status
    }

    /// `post_call_audio` with a silent recording as long as the call.
    private func audioEvent(_ outcome: AgentOutcome) -> [UInt8] {
        let length = (outcome.diary.end?.time ?? outcome.diary.began) - outcome.diary.began
        let event: JSON = [
            "type": "post_call_audio",
            "event_timestamp": .integer(loop.time.wallClock.components.seconds),
            "data": [
                "agent_id": .string(outcome.agentID),
                "conversation_id": .string(outcome.conversationID),
                "full_audio": .string(Base64.text(SilentMP3.bytes(lasting: length))),
            ],
        ]
        return event.bytes
    }
}
