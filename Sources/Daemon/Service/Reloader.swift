import Instruments
import Synchronization
import Wire

/// Reads the configuration again and lets every part take what it can.
final class Reloader: Sendable {
    private let parts: [any Reloadable]
    private let read: @Sendable () -> ConfigurationReport
    private let reloads: MetricFamily<Counter>
    private let running: Mutex<Configuration>

    /// A reloader of what runs with `configuration`; `read` reads what is to be.
    init(
        _ configuration: Configuration, parts: [any Reloadable], board: MetricBoard,
        read: @escaping @Sendable () -> ConfigurationReport
    ) {
        self.parts = parts
        self.read = read
        running = Mutex(configuration)
        reloads = board.counters(
            "callbridge_reloads_total", "Configurations read again, by what became of them.",
            labels: ["outcome"])
        for outcome in ["done", "refused"] { reloads[outcome].add(0) }
    }

    /// The settings as they are in force.
    var configuration: Configuration { running.withLock { $0 } }

    /// Reads and applies, or changes nothing. One at a time, and not on a loop: it reads files.
    func reload() -> ReloadOutcome {
        let outcome = attempt()
        reloads[outcome.isDone ? "done" : "refused"].add()
        return outcome
    }

    private func attempt() -> ReloadOutcome {
        let report = read()
        guard let new = report.configuration else {
            return .refused(report.faults.map(\.description))
        }
        var steps: [ReloadStep] = []
        var faults: [String] = []
        for part in parts {
            do throws(ReloadRefusal) { steps.append(try part.prepare(new)) } catch {
                faults += error.faults
            }
        }
        guard faults.isEmpty else { return .refused(faults) }
        for step in steps { step.apply() }
        var answer = compare(new)
        answer.facts = steps.flatMap(\.changes)
        answer.notes = report.notes
        return .done(answer)
    }

    /// Finds what differs, and takes over what is in force now.
    private func compare(_ new: Configuration) -> ReloadAnswer {
        let live = Set(parts.flatMap(\.settings))
        return running.withLock { running in
            var answer = ReloadAnswer()
            for setting in ConfigurationSetting.all where !setting.isSame(running, new) {
                guard live.contains(setting.name) else {
                    answer.restart.append(setting.name)
                    continue
                }
                answer.changed.append(
                    ReloadAnswer.Change(
                        name: setting.name, before: setting.show(running), now: setting.show(new)))
                setting.copy(new, &running)
            }
            return answer
        }
    }
}

/// What became of a reload.
enum ReloadOutcome: Sendable, Equatable {
    case done(ReloadAnswer)
    /// Nothing has changed; each line names a fault and where it stands.
    case refused([String])

    var isDone: Bool {
        if case .done = self { true } else { false }
    }

    /// What has changed, or why nothing has, for the log.
    var summary: String {
        switch self {
        case .done(let answer): answer.summary
        case .refused(let faults): faults.joined(separator: "; ")
        }
    }
}

/// What a reload has changed, and what it could not.
struct ReloadAnswer: Sendable, Equatable {
    /// One setting with its texts; a secret's say only that it is set.
    struct Change: Sendable, Equatable {
        var name: String
        var before: String
        var now: String
    }

    /// Settings that have another value now.
    var changed: [Change] = []
    /// What is different besides: the content of a file.
    var facts: [String] = []
    /// Settings whose new value waits for a restart.
    var restart: [String] = []
    /// What is allowed but worth a look.
    var notes: [String] = []

    var summary: String {
        let changes = changed.map { "\($0.name) is \($0.now.isEmpty ? "unset" : $0.now)" } + facts
        let done = changes.isEmpty ? "nothing to change" : changes.joined(separator: ", ")
        let rest = restart.isEmpty ? "" : "; for a restart: " + restart.joined(separator: ", ")
        return done + rest
    }

    /// As the control socket answers it.
    var json: JSON {
        [
            "changed": .array(
                changed.map {
                    [
                        "name": .string($0.name), "before": .string($0.before),
                        "now": .string($0.now),
                    ]
                }),
            "facts": .array(facts.map { .string($0) }),
            "restart": .array(restart.map { .string($0) }),
            "notes": .array(notes.map { .string($0) }),
        ]
    }
}
