import Instruments
import Net
import Wire

/// Serves the meters to Prometheus, at an address of their own.
struct MetricsPage: Sendable {
    private let server: HTTPServer
    private let log: Log

    /// A page of everything on the board; `refresh` is done before each look.
    init(
        _ board: MetricBoard, loops: LoopPool, log: Log,
        refresh: @escaping @Sendable () async -> Void
    ) {
        server = HTTPServer(
            loops: loops, log: log, handler: Page(board: board, refresh: refresh))
        self.log = log
    }

    /// Begins to serve. An address that is taken costs the figures, not the calls: it is said,
    /// and the daemon goes on. Answers the address as bound.
    func listen(_ address: ListenAddress) async -> ListenAddress? {
        do { return try await server.listen(address) } catch {
            log.error("metrics.failed", "Metrics are not served", .reason(error.reason))
            return nil
        }
    }

    func close() async { await server.close() }

    private struct Page: HTTPHandler {
        let board: MetricBoard
        let refresh: @Sendable () async -> Void

        func bodyLimit(_ request: HTTPRequest) -> Int { 0 }

        func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
            guard request.path == "/metrics" else {
                return .respond(
                    HTTPResponse(status: 404, type: "text/plain", text: "/metrics is here\n"))
            }
            await refresh()
            return .respond(
                HTTPResponse(status: 200, type: MetricBoard.contentType, text: board.render()))
        }
    }
}
