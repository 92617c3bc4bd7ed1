import Calls
import Instruments
import Net
import Twilio
import Wire

/// Asks Twilio's REST interface, and again where that does no harm.
///
/// 429 is repeated for every request: it says that nothing was done. So is a connection that never
/// came about. 5xx and silence are repeated for changes only: a new call may be ringing by then,
/// and two telephones must not ring for one request. Whoever placed it learns of it by the
/// promise in its addresses, which Twilio's webhooks carry.
struct TwilioClient: TwilioLine {
    /// All tries and waits together. Half of what a handler may take; Twilio answers in 200 ms.
    static let deadline = Duration.seconds(12)
    /// One try.
    private static let tryTimeout = Duration.seconds(5)
    /// A call's resource has about 1.5 KiB.
    private static let answerBytesMax = 64 * 1024

    let base: WebAddress
    let requests: TwilioRequest
    let client: HTTPClient
    let time: any TimeSource
    let log: Log

    func place(_ call: OutboundCall) async throws(TwilioFailure) -> TwilioAnswer {
        let request: HTTPRequest
        do { request = try requests.create(call) } catch { throw .unusable("\(error)") }
        return try await ask(request, isRepeatable: false, log)
    }

    func update(
        _ call: CallSID, _ update: CallUpdate
    ) async throws(TwilioFailure) -> TwilioAnswer? {
        let request: HTTPRequest
        do { request = try requests.update(call, update) } catch { throw .unusable("\(error)") }
        let log = log.with(fields: [.callSID(call.text)])
        do { return try await ask(request, isRepeatable: true, log) } catch {
            if update.isEnd, case .refused(let refusal) = error, refusal.isAlreadyOver {
                return nil
            }
            throw error
        }
    }

    private func ask(
        _ request: HTTPRequest, isRepeatable: Bool, _ log: Log
    ) async throws(TwilioFailure) -> TwilioAnswer {
        let deadline = time.now + Self.deadline
        var retry = TwilioRetry(deadline: deadline, isRepeatable: isRepeatable)
        while true {
            do { return try await askOnce(request, within: deadline - time.now) } catch {
                let dice = Double.random(in: 0...1)
                guard let wait = retry.wait(after: error, at: time.now, dice: dice) else {
                    throw error
                }
                log.info("twilio.retry", "Twilio is asked again", .reason("\(error)"))
                // Cancelled when nobody waits for the answer any more.
                do { try await Task.sleep(for: wait) } catch { throw .unreachable("given up") }
            }
        }
    }

    private func askOnce(
        _ request: HTTPRequest, within rest: Duration
    ) async throws(TwilioFailure) -> TwilioAnswer {
        let response: HTTPResponse
        do {
            response = try await client.send(
                request, to: base, timeout: min(rest, Self.tryTimeout),
                bodyBytesMax: Self.answerBytesMax)
        } catch {
            throw TwilioFailure(error)
        }
        do { return try TwilioAnswer(response) } catch { throw .refused(error) }
    }
}

extension CallUpdate {
    /// True when all that is wanted is the call's end, however it came.
    fileprivate var isEnd: Bool {
        switch self {
        case .hangUp, .cancel: true
        case .document, .redirect, .limit: false
        }
    }
}

extension TwilioFailure {
    /// What a request without a response leaves us knowing.
    fileprivate init(_ error: HTTPClientError) {
        self =
            switch error {
            case .unusable(let why): .unusable(why)
            case .resolve(let why), .connect(let why), .tls(let why): .unreachable(why)
            case .exchange(let why): .unanswered(why)
            case .tooLarge: .unanswered("the answer is too large")
            case .headTooLarge: .unanswered("the answer's head is too large")
            case .timedOut: .unanswered("it took too long")
            case .cancelled: .unanswered("given up")
            }
    }
}
