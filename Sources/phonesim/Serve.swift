import Console
import Simulators
import Wire

/// `phonesim serve`.
enum Serve {
    static func run(_ arguments: Arguments) async throws(Complaint) -> ExitCode {
        let order = try OrderReader(arguments: arguments).order(needsURL: false)
        let account = try account(arguments, order)
        guard order.authToken != nil || account.apiKey != nil else {
            throw Complaint(text: "--auth-token or --api-key is missing", code: .usage)
        }
        let simulator = try await Desk.simulator(
            arguments, order, account: account, elseAt: "127.0.0.1:0")
        await StopSignal.wait()
        await simulator.stop()
        return .success
    }

    /// The account whose REST calls are taken, and who is at the other end of its calls.
    private static func account(
        _ arguments: Arguments, _ order: PhoneOrder
    ) throws(Complaint) -> PhoneAccount {
        var account = PhoneAccount(order: order)
        account.callee.answer = arguments[Options.answer]
        account.callee.rings = arguments[Options.rings]
        account.callee.answeredBy = arguments[Options.answeredBy]
        account.callee.detectionTakes = arguments[Options.detectionTakes]
        account.delay = arguments[Options.restDelay]
        account.answerDelay = arguments[Options.answerDelay]
        account.retryAfterSeconds = arguments[Options.retryAfter]
        account.callsPerSecond = arguments[Options.perSecond]
        if let text = arguments[Options.restFault] {
            (account.fault, account.faultsMax) = try fault(text)
        }
        if let text = arguments[Options.key] { account.apiKey = try apiKey(text) }
        return account
    }

    /// Reads `FAULT` or `FAULT:TIMES`.
    private static func fault(_ text: String) throws(Complaint) -> (PhoneAccount.Fault, Int?) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let fault = PhoneAccount.Fault(rawValue: parts[0]) else {
            throw Complaint(text: "--rest-fault is 429, 500, 503 or 500-done", code: .usage)
        }
        return (fault, parts.count == 2 ? Int(parts[1]) : nil)
    }

    private static func apiKey(_ text: String) throws(Complaint) -> (String, SecretText) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else {
            throw Complaint(text: "--api-key is SID:SECRET", code: .usage)
        }
        return (String(parts[0]), SecretText(parts[1]))
    }
}
