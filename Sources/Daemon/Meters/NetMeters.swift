import Instruments
import Net

/// Counts what goes wrong between us and peers.
///
/// The server says its faults itself, and sees to it that no stranger fills the log. Left to be said
/// here is what it does not hear of: a peer that was let in and then broke its WebSocket, which
/// costs a call.
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
        guard case .protocolViolation = fault else { return }
        log.warning(
            "net.fault", "A peer that was let in broke its WebSocket", .reason(fault.name),
            .detail("\(fault)"), LogField("PEER", peer))
    }
}
