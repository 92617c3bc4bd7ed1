import Console
import Simulators
import Wire

/// `phonesim serve`.
enum Serve {
    static func run(_ arguments: Arguments) async throws(Complaint) -> ExitCode {
        let order = try OrderReader(arguments: arguments).order(needsURL: false)
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
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            guard let fault = PhoneAccount.Fault(rawValue: parts[0]) else {
                throw Complaint(text: "--rest-fault is 429, 500, 503 or 500-done", code: .usage)
            }
            account.fault = fault
            account.faultsMax = parts.count == 2 ? Int(parts[1]) : nil
        }
        if let text = arguments[Options.key] {
            let parts = text.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else {
                throw Complaint(text: "--api-key is SID:SECRET", code: .usage)
            }
            account.apiKey = (String(parts[0]), SecretText(parts[1]))
        }
        guard order.authToken != nil || account.apiKey != nil else {
            throw Complaint(text: "--auth-token or --api-key is missing", code: .usage)
        }
        let simulator = try await Desk.simulator(
            arguments, order, account: account, elseAt: "127.0.0.1:0")
        await StopSignal.wait()
        await simulator.stop()
        return .success
    }
}
