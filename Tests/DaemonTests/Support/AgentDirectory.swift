import Instruments
import Net
import Synchronization
import Wire

/// Stands where ElevenLabs gives out signed URLs, and sends each conversation where a test says.
final class AgentDirectory: HTTPHandler {
    private let answer = Mutex(HTTPResponse(status: 503))
    private let asked = Mutex<[String]>([])

    /// What it was asked for.
    var targets: [String] { asked.withLock { $0 } }
    /// How often it was asked.
    var count: Int { targets.count }

    /// From now on conversations are held there.
    func send(to place: ListenAddress) {
        let url = "ws://\(place.text)/v1/convai/conversation?agent_id=agent_test"
        let body: JSON = ["signed_url": .string(url)]
        answer(HTTPResponse(status: 200, type: "application/json", text: body.serialized))
    }

    /// From now on this is the answer.
    func answer(_ response: HTTPResponse) { answer.withLock { $0 = response } }

    func bodyLimit(_ request: HTTPRequest) -> Int { 0 }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        asked.withLock { $0.append(request.target) }
        return .respond(answer.withLock { $0 })
    }
}
