import Instruments
import Net
import Testing
import Twilio
import Wire

@testable import Simulators

/// What was waited for did not come.
struct Overdue: Error, CustomStringConvertible {
    var description: String
}

extension LiveHouse {
    /// Far longer than anything here takes, on the busiest machine.
    private static let patience = Duration.seconds(40)

    /// Looks again with every beat of a loop's timer until it is so.
    func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
        let end = loop.now + Self.patience
        while try await !isSo() {
            guard loop.now < end else {
                throw Overdue(description: "never: \(what); the log says:\n\(lastLines)")
            }
            await loop.pause(for: .milliseconds(10))
        }
    }

    private var lastLines: String {
        sink.lines.suffix(25).map { "\($0.event): \($0.text)  \(LineFormat.text(of: $0.fields))" }
            .joined(separator: "\n")
    }

    /// The newest line of an event, of one call if asked so.
    func line(_ event: String, _ call: String? = nil) -> LogLine? {
        sink.lines.last { line in
            line.event == event && (call == nil || line.field("CALL_SID") == call)
        }
    }

    /// Waits for a call's last line and answers why it ended.
    func ending(of call: String) async throws -> String? {
        try await until("call \(call) ended") { line("call.ended", call) != nil }
        return line("call.ended", call)?.field("REASON")
    }

    /// A meter by its name and labels as Prometheus reads it; 0 when it was never touched.
    func meter(_ series: String) async throws -> Double {
        let address = try #require(daemon.metricsAddress)
        let text = try await ask(HTTPRequest(method: "GET", target: "/metrics"), at: address.port)
            .text
        let found = text.split(separator: "\n").first { $0.hasPrefix(series + " ") }
        return found.flatMap { Double($0.dropFirst(series.utf8.count + 1)) } ?? 0
    }

    /// Waits until a meter has come to this.
    func until(_ series: String, is value: Double) async throws {
        try await until("\(series) is \(value)") { try await meter(series) == value }
    }

    /// Asks the daemon for a page.
    func get(_ path: String, fields: HTTPFields = [:]) async throws -> HTTPResponse {
        try await ask(HTTPRequest(method: "GET", target: path, fields: fields), at: port)
    }

    /// Posts a webhook, signed unless told otherwise.
    func post(
        _ path: String, _ form: Form, signature: String? = nil
    ) async throws -> HTTPResponse {
        let fields: HTTPFields = [
            "Content-Type": "application/x-www-form-urlencoded",
            TwilioSignature.headerName: signature
                ?? TwilioSignature.make(
                    url: Self.publicURL + path, form: form, key: Self.token),
        ]
        return try await ask(
            HTTPRequest(method: "POST", target: path, fields: fields, body: form.bytes), at: port)
    }

    func ask(_ request: HTTPRequest, at port: UInt16) async throws -> HTTPResponse {
        let client = try #require(peers.withLock { $0 }).client
        return try await client.send(
            request, to: WebAddress("http://127.0.0.1:\(port)"), timeout: .seconds(30))
    }

    /// One living call as the operator sees it.
    func status(of call: String) async throws -> JSON? {
        let list = try await get("/api/twilio/conversations").json?["conversations"]?.elements
        return list?.first { $0["call_sid"]?.text == call }
    }

    /// One figure of a living call's quality.
    func figure(_ name: String, of call: String) async throws -> Int64 {
        try await status(of: call)?["quality"]?[name]?.whole ?? -1
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON? { try? JSON(parsing: body) }
}

extension LogLine {
    func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}
