import Instruments

/// Says faults in the log, without letting a peer fill it.
///
/// Each kind is said at most once in ten seconds, with the count of those that were not; debug shows
/// every one. What may be our own doing is a warning, what peers do wrong is not.
final class FaultLog: Sendable {
    private let log: Log
    private let time: any TimeSource
    private let reticence = Guarded(Reticence())

    init(to log: Log, time: any TimeSource = SystemTime()) {
        self.log = log
        self.time = time
    }

    func note(_ fault: NetFault, from peer: String) {
        let now = time.now
        guard let unsaid = reticence.withLock({ $0.unsaidBefore(fault.name, at: now) }) else {
            return log.write(.debug, "net.fault", Self.sentence, Self.fields(fault, peer))
        }
        log.write(
            Self.mayBeOurs(fault) ? .warning : .info, "net.fault", Self.sentence,
            Self.fields(fault, peer) + [LogField("UNSAID", "\(unsaid)")])
    }

    private static func mayBeOurs(_ fault: NetFault) -> Bool {
        switch fault {
        case .acceptFailed, .tooManyConnections, .gaveWay, .answerUnusable, .timedOut(.answer): true
        default: false
        }
    }

    private static let sentence: StaticString = "Something went wrong between a peer and us"

    private static func fields(_ fault: NetFault, _ peer: String) -> [LogField] {
        [.reason(fault.name), .detail("\(fault)"), LogField("PEER", peer)]
    }
}
