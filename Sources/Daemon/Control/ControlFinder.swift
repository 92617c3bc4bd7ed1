import Console
import Glibc
import Net
import Wire

/// Why the operator's program could not do what it was asked, in words, and its exit code.
struct ControlFault: Error, Sendable, Equatable {
    var text: String
    var code: ExitCode
}

/// Which daemon is meant, as the command line says.
package struct ControlTarget: Sendable, Equatable {
    /// The path of its socket.
    package var socket: String?
    /// The name of its service instance: `blue`.
    package var instance: String?

    /// The daemon at that socket, or of that name, or else the only one there is.
    package init(socket: String? = nil, instance: String? = nil) {
        self.socket = socket
        self.instance = instance
    }
}

/// Finds the daemon that is meant.
struct ControlFinder: Sendable {
    /// One answer of a daemon that is well takes microseconds.
    private static let patience = Duration.seconds(5)

    let paths: ControlPaths
    let environment: [String: String]
    let client: HTTPClient

    /// What came of asking at one path.
    enum Finding: Sendable, Equatable {
        /// A daemon, and the line it says of itself.
        case living(String)
        case nothing
        /// A socket that this user may not open.
        case forbidden
        /// A socket that does not answer as a daemon does, and how.
        case silent(String)
    }

    /// The socket of the one daemon that is meant.
    func find(_ target: ControlTarget) async throws(ControlFault) -> String {
        let places = candidates(target)
        var findings: [(path: String, finding: Finding)] = []
        for path in places { findings.append((path, await look(path))) }
        let living = findings.compactMap { found -> (String, String)? in
            guard case .living(let line) = found.finding else { return nil }
            return (found.path, line)
        }
        if living.count == 1 { return living[0].0 }
        guard living.isEmpty else { throw Self.several(living) }
        throw Self.none(findings)
    }

    /// Where to look: one place when it was named, else everywhere.
    func candidates(_ target: ControlTarget) -> [String] {
        if let socket = target.socket { return [socket] }
        if let instance = target.instance { return [paths.ofInstance(instance)] }
        if let set = environment["CONTROL_SOCKET"], set.hasPrefix("/") { return [set] }
        // As in ExecReload=, where the service's own variables are set.
        if let own = paths.ofService { return [own] }
        return paths.everywhere
    }

    private func look(_ path: String) async -> Finding {
        guard access(path, F_OK) == 0 else { return errno == EACCES ? .forbidden : .nothing }
        guard access(path, W_OK) == 0 else { return .forbidden }
        do throws(HTTPClientError) {
            let response = try await client.ask("GET", "/", at: path, patience: Self.patience)
            guard let line = (try? JSON(parsing: response.body))?["status"]?.text else {
                return .silent("it is no callbridge")
            }
            return .living(line)
        } catch {
            if case .connect = error { return .nothing }
            return .silent("\(error)")
        }
    }

    private static func several(_ living: [(String, String)]) -> ControlFault {
        let lines = living.map { "  --socket \($0.0): \($0.1)\n" }.joined()
        return ControlFault(
            text: "several daemons answer; say which one with --instance or --socket:\n" + lines,
            code: .usage)
    }

    /// Nobody answered: why, at each place worth a word.
    static func none(_ findings: [(path: String, finding: Finding)]) -> ControlFault {
        let lines = findings.map { path, finding in
            switch finding {
            case .forbidden: "  \(path): only its owner and root may ask there\n"
            case .silent(let how): "  \(path): \(how)\n"
            case .nothing, .living: "  \(path): nobody\n"
            }
        }
        return ControlFault(
            text: "no daemon answers; looked at\n" + lines.joined(), code: .unavailable)
    }
}

extension HTTPClient {
    /// Any host would do: the path leads to the daemon. This one says who is meant.
    static let controlHost = try? WebAddress("http://callbridge")

    /// Asks the daemon at a control socket.
    func ask(
        _ method: String, _ target: String, at path: String, patience: Duration
    ) async throws(HTTPClientError) -> HTTPResponse {
        guard let host = Self.controlHost else { throw .unusable("no address") }
        return try await send(
            HTTPRequest(method: method, target: target), to: host, through: path,
            timeout: patience)
    }
}
