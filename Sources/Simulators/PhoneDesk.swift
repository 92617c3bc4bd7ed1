import Instruments
import Net
import Synchronization
import Wire

/// Answers Twilio's REST calls: create, change and look up calls, look up and set numbers.
final class PhoneDesk: HTTPHandler {
    let account: PhoneAccount
    let simulator: PhoneSimulator
    private let number: Mutex<PhoneNumberCard>
    private let faults = Atomic<Int>(0)
    private let random: Mutex<SeededRandom>
    private let turns = Mutex(Duration.zero)

    init(account: PhoneAccount, simulator: PhoneSimulator) {
        self.account = account
        self.simulator = simulator
        number = Mutex(PhoneNumberCard(account.order))
        random = Mutex(SeededRandom(seed: account.order.seed))
    }

    /// Dice for the next call, which has its SID from them.
    func nextSeed() -> UInt64 { random.withLock { $0.next() } }

    func bodyLimit(_ request: HTTPRequest) -> Int { 256 * 1024 }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        if account.delay > .zero { await loop.pause(for: account.delay) }
        var response = respond(to: request)
        if account.answerDelay > .zero { await loop.pause(for: account.answerDelay) }
        response.fields["Twilio-Request-Id"] = "RQ\(random.withLock { $0.hex(digits: 32) })"
        response.fields["Twilio-Concurrent-Requests"] = "1"
        response.fields["X-Home-Region"] = "us1"
        response.fields["X-API-Domain"] = "api.twilio.com"
        return .respond(response)
    }

    private func respond(to request: HTTPRequest) -> HTTPResponse {
        guard let fault = nextFault() else { return refusal(of: request) ?? route(request) }
        switch fault {
        case .tooMany:
            var response = HTTPResponse.twilio(429, 20429, "Too Many Requests")
            response.fields["Retry-After"] = account.retryAfterSeconds.map { "\($0)" }
            return response
        case .broken: return .twilio(500, 20500, "Internal Server Error")
        case .gateway:
            return HTTPResponse(
                status: 503, type: "text/html", text: "<html><body>503</body></html>")
        case .doneAndBroken:
            _ = refusal(of: request) ?? route(request)
            return .twilio(500, 20500, "Internal Server Error")
        }
    }

    private func nextFault() -> PhoneAccount.Fault? {
        guard let fault = account.fault else { return nil }
        let count = faults.wrappingAdd(1, ordering: .relaxed).newValue
        return account.faultsMax.map { count > $0 } == true ? nil : fault
    }

    /// How long the next call waits until its turn comes.
    func nextQueueTime(at now: Duration) -> Duration {
        turns.withLock { freeAt in
            let start = max(freeAt, now)
            freeAt = start + .seconds(1) / max(account.callsPerSecond, 1)
            return start - now
        }
    }

    private func refusal(of request: HTTPRequest) -> HTTPResponse? {
        let header = request.fields["Authorization"] ?? ""
        let order = account.order
        let pairs = [order.authToken.map { (order.accountSID, $0) }, account.apiKey].compactMap(
            \.self)
        let isKnown = pairs.contains { pair in
            let text = "\(pair.0):\(pair.1.revealed)"
            return Secret.same("Basic \(Base64.text(Array(text.utf8)))", header)
        }
        return isKnown ? nil : .twilio(401, 20003, "Authenticate")
    }

    private func route(_ request: HTTPRequest) -> HTTPResponse {
        var path = request.path.split(separator: "/").map(String.init)
        guard path.count >= 3, path[0] == "2010-04-01", path[1] == "Accounts",
            path.last?.hasSuffix(".json") == true
        else { return .notFound(request) }
        path[path.count - 1] = String(path[path.count - 1].dropLast(5))
        guard path[2] == account.order.accountSID else { return .notFound(request) }
        let form: Form
        do {
            form =
                try request.method == "GET"
                ? Form(queryOf: request) : Form(parsing: request.body)
        } catch {
            return .twilio(400, 20001, "The request cannot be read: \(error)")
        }
        let rest = Array(path.dropFirst(3))
        switch (request.method, rest.first, rest.count) {
        case ("GET", nil, _): return .json(PhoneCard.account(account.order.accountSID))
        case ("POST", "Calls", 1): return create(form, at: SystemTime().now)
        case ("GET", "Calls", 2): return fetch(rest[1], request)
        case ("POST", "Calls", 2): return change(rest[1], form, request)
        case ("GET", "IncomingPhoneNumbers", 1):
            return .json(number.withLock { $0.list(form["PhoneNumber"]) })
        case ("POST", "IncomingPhoneNumbers", 2):
            return number.withLock { $0.change(rest[1], form) }.map { .json($0) }
                ?? .notFound(request)
        default: return .notFound(request)
        }
    }

    private func fetch(_ sid: String, _ request: HTTPRequest) -> HTTPResponse {
        simulator.shelf[sid].map { .json(PhoneCard.call($0.result, account.order)) }
            ?? .notFound(request)
    }
}

extension HTTPResponse {
    /// Twilio's error body.
    static func twilio(_ status: Int, _ code: Int64, _ message: String) -> HTTPResponse {
        .json(
            [
                "code": .integer(code), "message": .string(message),
                "more_info": .string("https://www.twilio.com/docs/errors/\(code)"),
                "status": .integer(Int64(status)),
            ], status: status)
    }

    static func notFound(_ request: HTTPRequest) -> HTTPResponse {
        .twilio(404, 20404, "The requested resource \(request.path) was not found")
    }
}
