package import Console
import Glibc
import Instruments
import Systemd

/// From a command line to a running daemon and back to an exit code.
package enum Launch {
    /// How long the last lines of the log may take at the end.
    private static let flushTimeout = Duration.seconds(2)

    /// Reads the configuration as the daemon would and prints what it finds.
    package static func check(file: String?) -> ExitCode {
        let report = ConfigurationReader(environment: environment, file: file).read()
        write(report.text, to: report.configuration == nil ? STDERR_FILENO : STDOUT_FILENO)
        return report.configuration == nil ? .configuration : .success
    }

    /// Runs the daemon until it is told to stop; called on the main thread, which waits.
    ///
    /// The main thread must not be given to the runtime's own event loop: that one unblocks all
    /// signals, and a SIGTERM would end the process in the middle of its calls.
    package static func serve(file: String?) -> ExitCode {
        Signals.block()
        let end = Monitor<ExitCode?>(nil)
        Task {
            let code = await serve(file)
            end.withLock { $0 = code }
            end.ring()
        }
        return end.wait { $0 } ?? .software
    }

    private static func serve(_ file: String?) async -> ExitCode {
        let environment = environment
        let read = { @Sendable in ConfigurationReader(environment: environment, file: file).read() }
        let report = read()
        guard let configuration = report.configuration else {
            write(report.text, to: STDERR_FILENO)
            return .configuration
        }
        let voice = Voice(environment, configuration.log.level)
        for note in report.notes {
            voice.log.warning(
                "configuration.note", "A setting is allowed, but worth a look", .detail(note))
        }
        defer { _ = voice.writer.flush(timeout: flushTimeout) }
        do {
            return try await run(configuration, environment, voice, read: read)
        } catch {
            voice.log.error("daemon.failed", "Failed to start", .reason(error.reason))
            return .unavailable
        }
    }

    /// What the daemon speaks with: the log, its threshold, and the two places lines go to.
    private struct Voice {
        let log: Log
        let dial: LogDial
        let ring = LogRing()
        let writer: LogWriter

        init(_ environment: [String: String], _ level: LogLevel) {
            writer = LogWriter(to: Launch.sink(environment))
            dial = LogDial(level)
            log = Log(to: LogTee(writer, ring), dial: dial)
        }
    }

    private static func run(
        _ configuration: Configuration, _ environment: [String: String], _ voice: Voice,
        read: @escaping @Sendable () -> ConfigurationReport
    ) async throws(StartFault) -> ExitCode {
        let log = voice.log
        let sockets = try sockets(environment)
        guard let signals = Signals.stream() else {
            throw StartFault(reason: "the machine has no thread to wait for signals")
        }
        let daemon = try await CallbridgeDaemon.start(
            configuration, log: log, activated: sockets.all,
            http: connections(for: configuration, log),
            writer: voice.writer, memories: configuration.memoryPlan(environment),
            keeping: KeepingPlan(environment, stored: sockets.stored))
        let notifier = Notifier(environment: environment)
        let watchdog = Watchdog.interval(environment: environment, processID: getpid())
            .map { Watchdog(interval: $0, loops: daemon.allLoops, notifier: notifier, log: log) }
        watchdog?.start()
        let places = daemon.addresses.map(\.text).joined(separator: ", ")
        log.notice(
            "daemon.ready", "callbridge answers", LogField("VERSION", CallbridgeDaemon.version),
            LogField("ADDRESSES", places))
        let service = Service(
            daemon, reloader: reloader(daemon, configuration, voice.dial, read: read),
            notifier: notifier, log: log)
        let paths = ControlPaths(environment: environment)
        let control = paths.chosen(configuration).map {
            ControlServer(
                ControlRoutes(service: service, ring: voice.ring), at: $0,
                loops: daemon.house.ground.loops, log: log)
        }
        await control?.open(paths, port: daemon.port)
        await service.run(signals)
        await control?.close()
        await daemon.stop()
        watchdog?.stop()
        return .success
    }

    private static func sockets(
        _ environment: [String: String]
    ) throws(StartFault) -> ActivatedSockets {
        do {
            return try ActivatedSockets(environment: environment, processID: getpid())
        } catch {
            throw StartFault(reason: "the service manager's sockets: \(error)")
        }
    }

    private static func reloader(
        _ daemon: CallbridgeDaemon, _ configuration: Configuration, _ dial: LogDial,
        read: @escaping @Sendable () -> ConfigurationReport
    ) -> Reloader {
        let level = ReloadableSettings("LOG_LEVEL") { dial.level = $0.log.level }
        return Reloader(
            configuration, parts: daemon.reloadable + [level], board: daemon.board, read: read)
    }

    private static func sink(_ environment: [String: String]) -> any SlowLogSink {
        if Journal.isAvailable(environment: environment) {
            return JournalSink(identifier: "callbridge")
        }
        return StandardErrorSink(environment: environment)
    }

    /// The process's own variables.
    static var environment: [String: String] {
        var all: [String: String] = [:]
        var place = environ
        while let entry = place.pointee {
            let parts = String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { all[String(parts[0])] = String(parts[1]) }
            place += 1
        }
        return all
    }

    static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { _ = Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
