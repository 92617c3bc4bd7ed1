import Instruments
import Synchronization
import Testing
import Wire

@testable import Daemon

/// A part that keeps what it was given, or refuses it.
private final class Part: Reloadable {
    let settings: [String]
    private let refusal: String?
    private let taken = Mutex<[Configuration]>([])

    init(_ settings: String..., refusing refusal: String? = nil) {
        self.settings = settings
        self.refusal = refusal
    }

    var applied: [Configuration] { taken.withLock { $0 } }

    func prepare(_ new: Configuration) throws(ReloadRefusal) -> ReloadStep {
        if let refusal { throw ReloadRefusal([refusal]) }
        return ReloadStep(changes: ["\(settings[0]) was looked at"]) { [self] in
            taken.withLock { $0.append(new) }
        }
    }
}

@Suite struct ReloaderTests {
    private func reloader(
        _ parts: [any Reloadable], board: MetricBoard = MetricBoard(), reads: [ConfigurationReport]
    ) -> Reloader {
        let left = Mutex(reads)
        return Reloader(Configuration(), parts: parts, board: board) {
            left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
    }

    private func report(_ change: (inout Configuration) -> Void) -> ConfigurationReport {
        var configuration = Configuration()
        change(&configuration)
        return ConfigurationReport(draft: configuration, sources: [:], faults: [], notes: [])
    }

    @Test func `what a part takes is in force, the rest is named for a restart`() {
        let part = Part("CALLS_MAX", "DRAIN_MAX")
        let reloader = reloader(
            [part],
            reads: [
                report {
                    $0.guards.callsMax = 7
                    $0.listening.port = 4_000
                    $0.access.apiKeys = [SecretText("a-key-nobody-sees")]
                }
            ])
        let first = reloader.reload()
        #expect(
            first
                == .done(
                    ReloadAnswer(
                        changed: [.init(name: "CALLS_MAX", before: "500", now: "7")],
                        facts: ["CALLS_MAX was looked at"], restart: ["PORT", "API_KEYS"])))
        #expect(!first.summary.contains("nobody"))
        #expect(part.applied.map(\.guards.callsMax) == [7])
        #expect(reloader.configuration.guards.callsMax == 7)
        // Not in force, so it is named again, for as long as it is so.
        #expect(reloader.configuration.listening.port == 3_000)
        #expect(
            reloader.reload()
                == .done(
                    ReloadAnswer(
                        facts: ["CALLS_MAX was looked at"], restart: ["PORT", "API_KEYS"])))
    }

    @Test func `a configuration with a fault changes nothing`() {
        let part = Part("CALLS_MAX")
        let fault = ConfigurationFault(.file(path: "a.conf", line: 3), "PORT is 'x'")
        let bad = ConfigurationReport(
            draft: Configuration(), sources: [:], faults: [fault], notes: [])
        let reloader = reloader([part], reads: [bad])
        #expect(reloader.reload() == .refused(["a.conf:3: PORT is 'x'"]))
        #expect(part.applied.isEmpty)
    }

    @Test func `when one part refuses, no part changes`() {
        let willing = Part("CALLS_MAX")
        let board = MetricBoard()
        let reloader = reloader(
            [willing, Part("LOG_LEVEL", refusing: "routing.json:9: no such agent")], board: board,
            reads: [report { $0.guards.callsMax = 7 }])
        #expect(reloader.reload() == .refused(["routing.json:9: no such agent"]))
        #expect(willing.applied.isEmpty)
        #expect(reloader.configuration == Configuration())
        #expect(board.render().contains(#"callbridge_reloads_total{outcome="refused"} 1"#))
    }

    @Test func `every setting is compared by its value, secrets too`() {
        for setting in ConfigurationSetting.all {
            #expect(setting.isSame(Configuration(), Configuration()))
        }
        var one = Configuration()
        one.telephone.authTokens = [SecretText("one")]
        var two = Configuration()
        two.telephone.authTokens = [SecretText("two")]
        let differ = ConfigurationSetting.all.filter { !$0.isSame(one, two) }.map(\.name)
        #expect(differ == ["TWILIO_AUTH_TOKEN"])
    }
}
