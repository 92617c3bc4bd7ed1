package import Console
import Glibc
import Instruments
import Net
import Simulators
import Wire

/// `callbridge ctl`: asks a running daemon, and says the answer to a person or a program.
package struct ControlProgram: Sendable {
    /// A reload reads files and may wait for another one.
    private static let patience = Duration.seconds(60)

    private let order: ControlOrder
    private let target: ControlTarget
    private let isForPrograms: Bool

    /// A program that does that; its answer as JSON when `isForPrograms`.
    package init(_ order: ControlOrder, _ target: ControlTarget, isForPrograms: Bool) {
        self.order = order
        self.target = target
        self.isForPrograms = isForPrograms
    }

    /// Does it; called on the main thread, which waits.
    package func run() -> ExitCode {
        let loops = LoopPool(count: 1)
        defer { loops.stop() }
        let end = Monitor<ExitCode?>(nil)
        Task {
            let code = await run(on: loops.loops[0])
            end.withLock { $0 = code }
            end.ring()
        }
        return end.wait { $0 } ?? .software
    }

    private func run(on loop: EventLoop) async -> ExitCode {
        let environment = Launch.environment
        let client = HTTPClient(loop: loop, extraCAFile: nil, log: Log(to: SilentSink()))
        do throws(ControlFault) {
            let path = try await ControlFinder(
                paths: ControlPaths(environment: environment), environment: environment,
                client: client
            ).find(target)
            if case .tail = order { return try await follow(path, client, environment) }
            return try await ask(path, client)
        } catch {
            Output.complain("callbridge ctl: " + error.text, terminator: "")
            return error.code
        }
    }

    private func ask(_ path: String, _ client: HTTPClient) async throws(ControlFault) -> ExitCode {
        let (method, target) = order.request
        let response: HTTPResponse
        do throws(HTTPClientError) {
            response = try await client.ask(method, target, at: path, patience: Self.patience)
        } catch {
            throw ControlFault(text: "\(path): \(error)\n", code: .unavailable)
        }
        let body = try? JSON(parsing: response.body)
        guard (200..<300).contains(response.status), let body else {
            if isForPrograms { say(response.body) }
            throw ControlFault(
                text: ControlPages.refusal(body, status: response.status),
                code: response.status == 422 ? .configuration : .failure)
        }
        isForPrograms ? say(response.body) : say(Array(order.text(body).utf8))
        return .success
    }

    /// Until the daemon ends, or nobody reads.
    private func follow(
        _ path: String, _ client: HTTPClient, _ environment: [String: String]
    ) async throws(ControlFault) -> ExitCode {
        guard let host = HTTPClient.controlHost else { return .software }
        let lines = TailPrinter(environment: environment, isForPrograms: isForPrograms)
        let (method, target) = order.request
        do throws(HTTPClientError) {
            _ = try await client.stream(
                HTTPRequest(method: method, target: target), to: host, through: path,
                take: lines.take)
        } catch {
            guard !lines.isUnread else { return .success }
        }
        throw ControlFault(text: "the daemon has gone\n", code: .unavailable)
    }

    private func say(_ bytes: [UInt8]) {
        Output.say(String(decoding: bytes, as: UTF8.self), terminator: "")
    }
}

/// Prints a tail's lines as their bytes come.
private final class TailPrinter: Sendable {
    private struct State {
        var rest: [UInt8] = []
        var isUnread = false
    }

    private let state = Monitor(State())
    private let format: LineFormat
    private let isForPrograms: Bool

    init(environment: [String: String], isForPrograms: Bool) {
        let wantsNone = environment["NO_COLOR"] != nil || environment["TERM"] == "dumb"
        format = LineFormat(isColoured: isatty(STDOUT_FILENO) == 1 && !wantsNone)
        self.isForPrograms = isForPrograms
    }

    /// True once nobody reads what is printed.
    var isUnread: Bool { state.withLock { $0.isUnread } }

    /// Prints the lines that are whole; false when nobody reads them.
    func take(_ bytes: [UInt8]) -> Bool {
        state.withLock { state in
            state.rest += bytes
            while let end = state.rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = state.rest[..<end]
                let isRead = Output.say(text(line), terminator: "")
                state.rest.removeSubrange(...end)
                guard isRead else {
                    state.isUnread = true
                    return false
                }
            }
            return true
        }
    }

    private func text(_ line: ArraySlice<UInt8>) -> String {
        if isForPrograms { return String(decoding: line, as: UTF8.self) + "\n" }
        return LineObject(line)?.text(format) ?? ""
    }
}
