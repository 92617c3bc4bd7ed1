import Instruments
import Net
import Wire

/// Ports nobody listens on; below 32768, where the kernel takes none for itself: the sockets of a
/// thousand calls would take any other.
struct FreePort: HTTPHandler {
    private static let range: ClosedRange<UInt16> = 20_000...32_000
    private static let attemptsMax = 50

    /// Finds one by listening there for a moment.
    static func find(_ loops: LoopPool, _ log: Log) async throws(BenchFault) -> Int {
        for _ in 0..<attemptsMax {
            let port = UInt16.random(in: range)
            let probe = HTTPServer(loops: loops, log: log, handler: FreePort())
            do { try await probe.listen(.tcp(host: "127.0.0.1", port: port)) } catch { continue }
            await probe.close()
            return Int(port)
        }
        throw BenchFault(.unavailable, "no free port between 20000 and 32000")
    }

    func bodyLimit(_ request: HTTPRequest) -> Int { 0 }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        .respond(HTTPResponse(status: 503))
    }
}
