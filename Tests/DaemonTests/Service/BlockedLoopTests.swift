import Instruments
import Net
import Systemd
import Testing

@testable import Simulators

/// The watchdog round real loops: one of them that hangs is enough to end the beats.
@Suite(.serialized) struct BlockedLoopTests {
    private static let interval = Duration.milliseconds(200)

    @Test(arguments: [0, 1])
    func `a loop that hangs ends the beats, and they return with it`(index: Int) async throws {
        let watched = LoopPool(count: 2)
        let clock = LoopPool(count: 1)
        defer {
            watched.stop()
            clock.stop()
        }
        let manager = try ServiceManager()
        let watchdog = Watchdog(
            interval: Self.interval, loops: watched.loops,
            notifier: Notifier(environment: ["NOTIFY_SOCKET": manager.name]),
            log: Log(to: SilentSink()))
        watchdog.start()
        try await beats(manager, clock)

        let block = Block()
        watched.loops[index].run { block.hold() }
        try await until(clock) { block.isHolding }
        // What it had answered before may still be told, once.
        await clock.loops[0].pause(for: Self.interval)
        _ = manager.told()
        await clock.loops[0].pause(for: Self.interval * 3)
        #expect(manager.told().isEmpty)

        block.release()
        try await beats(manager, clock)
        watchdog.stop()
    }

    private func beats(_ manager: ServiceManager, _ clock: LoopPool) async throws {
        try await until(clock) { manager.told().contains("WATCHDOG=1") }
    }

    private func until(_ clock: LoopPool, _ isSo: () -> Bool) async throws {
        let end = clock.loops[0].now + .seconds(40)
        while !isSo() {
            guard clock.loops[0].now < end else { throw Overdue(description: "never") }
            await clock.loops[0].pause(for: .milliseconds(10))
        }
    }
}
