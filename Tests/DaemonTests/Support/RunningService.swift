import Glibc
import Instruments
import Net
import Synchronization
import Testing
import Wire

@testable import Daemon
@testable import Systemd

/// The service round a living house: with a manager that listens, signals sent by hand, a control
/// socket, and a configuration that a test may change.
final class RunningService: Sendable {
    let house: LiveHouse
    let service: Service
    let manager: ServiceManager
    let ring = LogRing()
    let dial = LogDial(.info)
    /// The control socket's path.
    let path: String
    private let control: ControlServer
    private let signals: AsyncStream<Signal>.Continuation
    private let running: Task<Void, Never>
    private let heard = Mutex<[String]>([])
    private let next: ReportBox

    /// A service that reads `report` when it is told to read again.
    init(_ house: LiveHouse, folder: SettingsDirectory) async throws {
        self.house = house
        manager = try ServiceManager()
        path = folder.path + "/control.sock"
        let next = ReportBox(Self.report(house.configuration))
        self.next = next
        let log = Log(to: LogTee(house.sink, ring), dial: dial)
        let dial = dial
        let level = ReloadableSettings("LOG_LEVEL") { dial.level = $0.log.level }
        var pace = Service.Pace()
        pace.status = .milliseconds(50)
        let service = Service(
            house.daemon,
            reloader: Reloader(
                house.configuration, parts: house.daemon.reloadable + [level],
                board: house.daemon.board, read: { next.report }),
            notifier: Notifier(environment: ["NOTIFY_SOCKET": manager.name]), log: log, pace: pace)
        self.service = service
        control = ControlServer(
            ControlRoutes(service: service, ring: ring), at: path,
            loops: house.daemon.house.ground.loops, log: log)
        await control.open(ControlPaths(environment: [:]), port: nil)
        let (stream, signals) = AsyncStream.makeStream(of: Signal.self)
        self.signals = signals
        running = Task { await service.run(stream) }
    }

    /// What is read with the next reload.
    func configure(_ change: (inout Configuration) -> Void) {
        var configuration = house.configuration
        change(&configuration)
        next.report = Self.report(configuration)
    }

    /// The next reload finds these faults.
    func configure(faults: [String]) {
        next.report = ConfigurationReport(
            draft: Configuration(), sources: [:],
            faults: faults.map { ConfigurationFault(.file(path: "test.conf", line: 3), $0) },
            notes: [])
    }

    private static func report(_ configuration: Configuration) -> ConfigurationReport {
        ConfigurationReport(draft: configuration, sources: [:], faults: [], notes: [])
    }

    func send(_ signal: Signal) { signals.yield(signal) }

    /// Everything the manager was told so far.
    var told: [String] {
        heard.withLock { heard in
            heard += manager.told()
            return heard
        }
    }

    /// Asks over the control socket.
    func ask(_ method: String, _ target: String) async throws -> HTTPResponse {
        let client = try #require(house.peers.withLock { $0 }).client
        return try await client.ask(method, target, at: path, patience: .seconds(30))
    }

    /// Waits until the service has come to its end by itself.
    func finished() async { await running.value }

    /// Builds a service in a house, lets it live, and ends it whatever happened.
    static func open(
        _ house: LiveHouse, _ live: (RunningService) async throws -> Void
    ) async throws {
        let folder = try SettingsDirectory()
        let service = try await RunningService(house, folder: folder)
        do { try await live(service) } catch {
            await service.close()
            throw error
        }
        await service.close()
    }

    private func close() async {
        signals.yield(.interrupt)
        await running.value
        await control.close()
    }
}

/// What a reload reads.
final class ReportBox: Sendable {
    private let kept: Mutex<ConfigurationReport>

    init(_ report: ConfigurationReport) { kept = Mutex(report) }

    var report: ConfigurationReport {
        get { kept.withLock { $0 } }
        set { kept.withLock { $0 = newValue } }
    }
}
