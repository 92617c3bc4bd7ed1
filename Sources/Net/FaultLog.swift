import Instruments

/// Says faults in the log, without letting a peer fill it.
///
/// A peer's faults are no news to an operator: only debug shows them. Those that are, are said at
/// most once in `pause`, with the count of those that were not.
final class FaultLog: Sendable {
    /// The shortest time between two lines about the same kind of fault.
    static let pause = Duration.seconds(10)

    private struct Silence {
        var until: Duration
        var unsaid = 0
    }

    private let log: Log
    private let time: any TimeSource
    private let silences = Guarded<[String: Silence]>([:])

    init(to log: Log, time: any TimeSource = SystemTime()) {
        self.log = log
        self.time = time
    }

    func note(_ fault: NetFault, from peer: String) {
        guard Self.isNews(fault) else {
            return log.debug("net.fault", "\(fault)", .reason(fault.name), Self.peer(peer))
        }
        guard let unsaid = mayCount(fault.name) else { return }
        log.warning(
            "net.fault", "\(fault)", .reason(fault.name), Self.peer(peer),
            LogField("UNSAID", "\(unsaid)"))
    }

    /// How many were not said since the last that was; nil when this one is not said either.
    private func mayCount(_ name: String) -> Int? {
        let now = time.now
        return silences.withLock { silences in
            // Kinds of faults are few: this does not grow.
            guard let silence = silences[name], now < silence.until else {
                let unsaid = silences[name]?.unsaid ?? 0
                silences[name] = Silence(until: now + Self.pause)
                return unsaid
            }
            silences[name]?.unsaid += 1
            return nil
        }
    }

    private static func isNews(_ fault: NetFault) -> Bool {
        switch fault {
        case .acceptFailed, .tooManyConnections, .answerUnusable, .timedOut(.answer): true
        default: false
        }
    }

    private static func peer(_ peer: String) -> LogField { LogField("PEER", peer) }
}
