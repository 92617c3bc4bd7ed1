import Instruments
import Net

// What operators see of the daemon, and what they may change while calls go on.
extension CallbridgeDaemon {
    /// The living calls, the oldest first, and how each stands.
    func callStatuses() async -> [LivingCall] {
        var all: [LivingCall] = []
        for call in house.calls.registry.living {
            all.append(LivingCall(call: call, status: await call.status))
        }
        return all
    }

    /// The first port at which we answer; nil when it is all Unix sockets, or none of our making.
    var port: UInt16? {
        addresses.lazy.compactMap { if case .tcp(_, let port) = $0 { port } else { nil } }.first
    }

    /// True when the service manager holds the socket at which we answer, and starts somebody for
    /// whoever rings when we are gone.
    var isStartedBySocket: Bool { addresses.contains { $0.inheritedName != nil } }

    /// Numbers in full where people look: for one's own voice only.
    var showsNumbers: Bool { house.ground.configuration.log.privacy == .debug }

    /// How the daemon is, in a line.
    func status(at now: Duration) -> StatusLine {
        StatusLine(
            calls: house.calls.registry.active, callsMax: house.calls.registry.callsMax,
            agent: house.calls.recent.agent, isBuiltIn: house.agents.builtIn != nil,
            firstAudio: house.calls.recent.firstAudio(at: now))
    }

    /// What takes new settings while calls go on.
    package var reloadable: [any Reloadable] {
        [
            ReloadableSettings("CALLS_MAX") { [registry = house.calls.registry] in
                registry.callsMax = $0.guards.callsMax
            },
            ReloadableSettings(
                "STREAM_START_TIMEOUT", "AGENT_START_TIMEOUT", "CALL_DURATION_MAX",
                "PLAYBACK_LEAD"
            ) { [limits = house.calls.limits] in limits.now = $0.callLimits },
            house.agents.reload(log: house.ground.log),
            // Asked of the reloader when a drain begins.
            ReloadableSettings("DRAIN_MAX") { _ in },
        ]
    }
}
