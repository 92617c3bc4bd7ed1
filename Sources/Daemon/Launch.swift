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
        let report = ConfigurationReader(environment: environment, file: file).read()
        guard let configuration = report.configuration else {
            write(report.text, to: STDERR_FILENO)
            return .configuration
        }
        let writer = LogWriter(to: sink(environment))
        let log = Log(to: writer, threshold: configuration.log.level)
        for note in report.notes { log.warning("configuration.note", note) }
        defer { _ = writer.flush(timeout: flushTimeout) }
        do {
            return try await run(configuration, environment, log)
        } catch {
            log.error("daemon.failed", "Failed to start: \(error.reason)")
            return .unavailable
        }
    }

    private static func run(
        _ configuration: Configuration, _ environment: [String: String], _ log: Log
    ) async throws(StartFault) -> ExitCode {
        let sockets: ActivatedSockets
        do {
            sockets = try ActivatedSockets(environment: environment, processID: getpid())
        } catch {
            throw StartFault(reason: "the service manager's sockets: \(error)")
        }
        guard let signals = Signals.stream() else {
            throw StartFault(reason: "the machine has no thread to wait for signals")
        }
        let daemon = try await CallbridgeDaemon.start(
            configuration, log: log, activated: sockets.all)
        let notifier = Notifier(environment: environment)
        let watchdog = Watchdog.interval(environment: environment, processID: getpid())
            .map { Watchdog(interval: $0, loops: daemon.allLoops, notifier: notifier, log: log) }
        watchdog?.start()
        let places = daemon.addresses.map(\.text).joined(separator: ", ")
        log.notice("daemon.ready", "callbridge \(CallbridgeDaemon.version) listens at \(places)")
        notifier.ready(status: "listening at \(places)")
        await untilToldToStop(signals, daemon, notifier, log)
        notifier.stopping(status: "stopping")
        await daemon.stop()
        watchdog?.stop()
        return .success
    }

    /// What the daemon waits for between its start and its end.
    private enum Event { case signal(Signal), drained }

    /// SIGTERM drains and returns with the last call; SIGINT, or a second SIGTERM, returns at once.
    private static func untilToldToStop(
        _ signals: AsyncStream<Signal>, _ daemon: CallbridgeDaemon, _ notifier: Notifier, _ log: Log
    ) async {
        let (events, teller) = AsyncStream.makeStream(of: Event.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await signal in signals { teller.yield(.signal(signal)) }
            }
            var isDraining = false
            for await event in events {
                switch event {
                case .drained: return group.cancelAll()
                case .signal(.interrupt):
                    // Also what a drain under way is waiting for.
                    await daemon.endCalls()
                    return group.cancelAll()
                case .signal(.hangUp):
                    log.notice(
                        "daemon.reload",
                        "SIGHUP: the routing file is read again, settings at the start only")
                    daemon.reloadRouting()
                case .signal(.terminate):
                    guard !isDraining else {
                        await daemon.endCalls()
                        return group.cancelAll()
                    }
                    isDraining = true
                    notifier.stopping(status: "draining \(daemon.activeCalls) calls")
                    group.addTask {
                        await daemon.drain()
                        teller.yield(.drained)
                    }
                }
            }
        }
    }

    private static func sink(_ environment: [String: String]) -> any SlowLogSink {
        if Journal.isAvailable(environment: environment) {
            return JournalSink(identifier: "callbridge")
        }
        return StandardErrorSink(environment: environment)
    }

    private static var environment: [String: String] {
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

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { _ = Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
