import Instruments
import Net

/// Counts what goes wrong between us and peers, and says the rarer things in a line.
struct NetMeters: NetObserver {
    private let faults: MetricFamily<Counter>
    private let log: Log

    init(_ board: MetricBoard, log: Log) {
        faults = board.counters(
            "callbridge_net_faults_total", "Faults of connections, by kind.", labels: ["fault"])
        self.log = log
    }

    func saw(_ fault: NetFault, from peer: String) {
        faults[fault.name].add()
        switch fault {
        case .timedOut(.keepAlive), .messageRefused: break
        case .requestRefused(let status, let reason):
            log.warning(
                "net.fault", "A request was refused with \(status): \(reason)",
                LogField("PEER", peer), LogField("FAULT", fault.name))
        case .protocolViolation(let code, let reason):
            log.warning(
                "net.fault", "A WebSocket was closed with \(code): \(reason)",
                LogField("PEER", peer), LogField("FAULT", fault.name))
        case .acceptFailed(let number):
            log.error("net.fault", "accept failed: errno \(number)", LogField("FAULT", fault.name))
        case .tooManyConnections:
            log.error(
                "net.fault", "The limit of connections is reached", LogField("FAULT", fault.name))
        default:
            log.info(
                "net.fault", "A connection failed: \(fault.name)", LogField("PEER", peer),
                LogField("FAULT", fault.name))
        }
    }
}
