import Calls
import Instruments

/// The one line that `systemctl status` shows.
struct StatusLine: Sendable, Equatable {
    var calls: Int
    var callsMax: Int
    var agent: RecentCalls.Agent
    /// True when the agent in this program answers.
    var isBuiltIn = false
    /// The slow end of the last calls' first audio.
    var firstAudio: Duration?
    /// While draining, how long calls may still last.
    var drainLeft: Duration?

    var text: String {
        if let drainLeft {
            return "draining: \(open), for at most \(Self.rounded(drainLeft))"
        }
        let full = calls >= callsMax ? " (as many as allowed)" : ""
        let audio = firstAudio.map { ", first audio p99 \($0.milliseconds) ms" } ?? ""
        return "serving \(count)\(full), \(service)\(audio)"
    }

    private var count: String {
        switch calls {
        case 0: "no calls"
        case 1: "1 call"
        default: "\(calls) calls"
        }
    }

    private var open: String { calls == 0 ? "no calls open" : "\(count) open" }

    private var service: String {
        let name = isBuiltIn ? "built-in agent" : "agent"
        switch agent {
        case .unasked: return "\(name) not asked yet"
        case .fine: return "\(name) ok"
        case .failing(1, let reason): return "\(name) failed: \(reason.rawValue)"
        case .failing(let times, let reason):
            return "\(name) failing: \(reason.rawValue), \(times) times"
        }
    }

    /// Minutes, or below two of them seconds.
    private static func rounded(_ time: Duration) -> String {
        let seconds = max(0, time.components.seconds)
        return seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min"
    }
}
