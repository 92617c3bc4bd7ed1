import Console
import Instruments
import Net
import Simulators

/// Sets a simulator up and lets it listen where it is told to.
enum Desk {
    static func simulator(
        _ arguments: Arguments, _ order: PhoneOrder, account: PhoneAccount? = nil,
        elseAt fallback: String? = nil
    ) async throws(Complaint) -> PhoneSimulator {
        let log = Log(to: LogWriter(to: StandardErrorSink()), threshold: .warning)
        let simulator: PhoneSimulator
        do {
            simulator = try PhoneSimulator(
                loops: LoopPool(count: 1), extraCAFile: arguments[Options.caFile], log: log)
        } catch {
            throw Complaint(text: error.reason, code: .configuration)
        }
        guard let text = arguments[Options.listen] ?? fallback else { return simulator }
        guard let address = try? ListenAddress(text) else {
            throw Complaint(text: "\(text) is no address to listen on", code: .usage)
        }
        let bound: ListenAddress
        do {
            bound = try await simulator.serve(account ?? PhoneAccount(order: order), at: address)
        } catch {
            throw Complaint(text: error.reason, code: .unavailable)
        }
        Output.say("phonesim: REST on http://\(bound.text)")
        if let path = arguments[Options.portFile] {
            let port: String =
                if case .tcp(_, let number) = bound { String(number) } else { bound.text }
            guard Output.write(Array("\(port)\n".utf8), to: path) else {
                throw Complaint(text: "\(path) cannot be written", code: .inputOutput)
            }
        }
        return simulator
    }
}
