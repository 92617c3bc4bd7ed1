import Instruments
import Net
import Synchronization
import Wire

@testable import Simulators

/// Where the daemon is told that Twilio's REST side is: the daemon must know it before it stands,
/// and the desk behind it must know where the daemon is.
final class LateDesk: HTTPHandler {
    private let desk = Mutex<PhoneDesk?>(nil)
    private let server = Mutex<HTTPServer?>(nil)

    func listen(_ loops: LoopPool) async throws -> WebAddress {
        let server = HTTPServer(loops: loops, log: Log(to: SilentSink()), handler: self)
        let place = try await server.listen(.tcp(host: "127.0.0.1", port: 0))
        self.server.withLock { $0 = server }
        return try WebAddress("http://\(place.text)")
    }

    func open(_ account: PhoneAccount, _ phones: PhoneSimulator) {
        let desk = PhoneDesk(account: account, simulator: phones)
        self.desk.withLock { $0 = desk }
    }

    func close() async {
        await server.withLock { $0.take() }?.close()
        desk.withLock { $0 = nil }
    }

    func bodyLimit(_ request: HTTPRequest) -> Int { 256 * 1024 }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        guard let desk = desk.withLock({ $0 }) else {
            return .respond(HTTPResponse(status: 503))
        }
        return await desk.answer(request, on: loop)
    }
}

extension LiveHouse {
    /// A JSON request of an operator.
    func ask(_ path: String, _ body: JSON) async throws -> HTTPResponse {
        try await ask(
            HTTPRequest(
                method: "POST", target: path, fields: ["X-API-Key": Self.key.revealed],
                body: body.bytes), at: port)
    }

    /// A call to `+15550100010` under that name.
    func initiate(_ session: String = "order-7") async throws -> HTTPResponse {
        try await ask(
            "/webhook/initiate-call",
            [
                "agent_id": "default", "session_id": .string(session), "to": "+15550100010",
                "metadata": ["customer": "A"],
            ])
    }

    /// What became of a call that Twilio knows.
    func result(of call: String) throws -> PhoneResult? { try phones.shelf[call]?.result }

    /// How many calls Twilio ever had.
    var callsPlaced: Int { get throws { try phones.shelf.count } }
}
