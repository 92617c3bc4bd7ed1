import Console
import Instruments
import Net
import Simulators

/// `agentsim serve`.
enum Serve {
    static func run(_ arguments: Arguments) async -> ExitCode {
        do {
            let simulator = try await start(arguments)
            await StopSignal.wait()
            await simulator.stop()
            return .success
        } catch {
            Program.complain(error.text)
            return error.code
        }
    }

    private static func start(
        _ arguments: Arguments
    ) async throws(Complaint) -> AgentSimulator {
        var options = try ServeOptions.service(arguments)
        let sheet = OutcomeSheet(
            folder: arguments[ServeOptions.out], isJSON: arguments[ServeOptions.asJSON])
        options.ended = { sheet.write($0) }
        let tls = try context(arguments)
        let listen: ListenAddress
        do {
            listen = try ListenAddress(arguments[ServeOptions.listen])
        } catch {
            throw Complaint(
                text: "\(arguments[ServeOptions.listen]) is no address to listen on", code: .usage)
        }
        let simulator = AgentSimulator(options)
        let log = Log(to: LogWriter(to: StandardErrorSink()), threshold: .warning)
        do {
            let bound = try await simulator.start(
                loops: LoopPool(count: 1), log: log, at: listen, tls: tls)
            try tell(bound, arguments, isSecure: tls != nil)
        } catch let error as ListenError {
            throw Complaint(text: error.reason, code: .unavailable)
        } catch let error as Complaint {
            throw error
        } catch {
            throw Complaint(text: "\(error)", code: .software)
        }
        return simulator
    }

    private static func context(_ arguments: Arguments) throws(Complaint) -> TLSContext? {
        let (certificate, key) = (arguments[ServeOptions.certificate], arguments[ServeOptions.key])
        guard let certificate, let key else {
            guard certificate == nil, key == nil else {
                throw Complaint(text: "--tls-cert and --tls-key go together", code: .usage)
            }
            return nil
        }
        do {
            return try TLSContext.server(certificateFile: certificate, keyFile: key)
        } catch {
            throw Complaint(text: error.reason, code: .configuration)
        }
    }

    /// Says where it listens, on standard output and in the port file.
    private static func tell(
        _ bound: ListenAddress, _ arguments: Arguments, isSecure: Bool
    ) throws(Complaint) {
        Output.say("agentsim: listening on \(isSecure ? "https" : "http")://\(bound.text)")
        guard let path = arguments[ServeOptions.portFile] else { return }
        let port: String =
            if case .tcp(_, let number) = bound { String(number) } else { bound.text }
        guard Output.write(Array("\(port)\n".utf8), to: path) else {
            throw Complaint(text: "\(path) cannot be written", code: .inputOutput)
        }
    }
}
