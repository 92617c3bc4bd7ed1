import Calls
import Instruments
import Net

/// Shows what the house itself is: its version, its limits, its connections, its log.
enum HouseMeters {
    static func enter(
        on board: MetricBoard, registry: CallRegistry, server: HTTPServer, writer: LogWriter?
    ) {
        ProcessMeters.enter(on: board)
        let build = board.gauges(
            "callbridge_build_info", "The program that runs.", labels: ["version"])
        build[CallbridgeDaemon.version].set(1)
        board.gauge("callbridge_calls_max", "Calls allowed at the same time.") {
            Double(registry.callsMax)
        }
        board.gauge("callbridge_calls_waiting", "Callers who wait for a place.") {
            Double(registry.waiting(at: SystemTime().wallClock).count)
        }
        board.gauge("callbridge_draining", "1 while no new call is taken.") {
            registry.isDraining ? 1 : 0
        }
        board.gauge("callbridge_connections", "Open connections, streams among them.") {
            [weak server] in
            server.map { Double($0.openConnections) }
        }
        board.gauge("callbridge_log_lines_waiting", "Log lines not yet taken by the journal.") {
            Double(writer?.waiting ?? 0)
        }
        board.counter("callbridge_log_lines_dropped_total", "Log lines lost.") {
            Double(writer?.dropped ?? 0)
        }
    }
}
