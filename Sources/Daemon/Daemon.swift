package import Calls
package import Instruments
package import Net
package import Systemd

/// Why the daemon cannot start; the text names what and what to do.
package struct StartFault: Error, Sendable, Equatable {
    package var reason: String
}

/// The daemon: a house that was built, is lived in, and is torn down in reverse.
package final class CallbridgeDaemon: Sendable {
    /// What this program is, told at `/health` and to the agent's service.
    package static let version = "0.1.0"

    let house: House

    private init(_ house: House) { self.house = house }

    /// Builds the house and begins to listen; `activated` are sockets the service manager passed.
    /// `calls` and `http` are numbers that no setting names: a test waits less long than we do.
    /// `memories` is where living calls are remembered; nil nowhere. `announcements` are what the
    /// house itself says; nil the recordings in this program.
    package static func start(
        _ configuration: Configuration, log: Log, activated: [ActivatedSocket] = [],
        calls: CallLimits? = nil, http: HTTPServerLimits = HTTPServerLimits(),
        writer: LogWriter? = nil, memories: MemoryFiles.Plan? = nil,
        keeping: KeepingPlan? = nil, announcements: AnnouncementShelf? = nil
    ) async throws(StartFault) -> CallbridgeDaemon {
        CallbridgeDaemon(
            try await House.build(
                configuration, log: log, activated: activated,
                House.Variations(
                    calls: calls, http: http, writer: writer, memories: memories, keeping: keeping,
                    announcements: announcements)))
    }

    /// Where the daemon listens, as bound.
    package var addresses: [ListenAddress] { house.addresses }
    /// Where the meters are read, as bound; nil when nowhere.
    package var metricsAddress: ListenAddress? { house.metricsAddress }
    /// Every meter of the house.
    package var board: MetricBoard { house.ground.board }
    /// Calls alive now.
    package var activeCalls: Int { house.calls.registry.active }
    /// Connections open now to where we listen, streams among them.
    package var openConnections: Int { house.server.openConnections }
    /// The threads whose answers prove that the daemon is alive.
    package var allLoops: [any Loop] { house.ground.loops.loops }

    /// Takes no new calls and returns when the last one has ended and Twilio was told what comes
    /// next; what living calls still need, streams and webhooks, is served meanwhile.
    package func drain() async {
        let (calls, log) = (house.calls, house.ground.log)
        await HandOver(
            house.server, addresses, instance: house.ground.configuration.listening.instance
        ).run()
        let open = calls.registry.active
        log.notice("daemon.draining", "Draining", LogField("OPEN_CALLS", "\(open)"))
        async let canceled: Void = calls.outbound.cancelUnanswered(calls.registry, log)
        await calls.registry.drain()
        await canceled
        guard open > 0 else { return }
        // Cancelled when somebody has no time for it.
        try? await Task.sleep(for: Self.aftermath)
    }

    /// How long after its last call the daemon still answers: within a second Twilio asks what
    /// follows the stream, and a caller whose question nobody answers is told of an error.
    private static let aftermath = Duration.seconds(3)

    /// Ends every call that is still alive and lets no more in.
    package func endCalls() async {
        for call in house.calls.registry.living { await call.stop(.callbridgeStopped) }
        await house.calls.registry.drain()
    }

    /// Ends what is still alive and takes the house down.
    package func stop() async {
        house.agents.canary.stop()
        await house.server.stopAccepting()
        await endCalls()
        await house.server.close()
        await house.agents.builtIn?.stop()
        await house.metrics.close()
        house.ground.loops.stop()
        house.calls.close()
        house.ground.log.notice("daemon.stopped", "Stopped")
    }
}
