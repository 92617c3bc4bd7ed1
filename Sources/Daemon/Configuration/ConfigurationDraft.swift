import Console
import Switchboard

/// What the reader has gathered so far: who sets what, and what is wrong with it.
struct ConfigurationDraft {
    /// Where an assignment stands; a higher rank overrules a lower one.
    enum Rank: Int, Comparable {
        case file, environment, credential

        static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
    }

    private struct Assignment {
        let name: String
        let value: String
        let source: ConfigurationSource
        let rank: Rank
    }

    private var assignments: [Assignment] = []
    private var faults: [ConfigurationFault] = []
    private var sources: [String: ConfigurationSource] = [:]
    private var configuration = Configuration()

    private static let names = ConfigurationSetting.all.flatMap(\.names)

    /// True for a setting's name or another name of it.
    static func isKnown(_ name: String) -> Bool { names.contains(name) }

    /// Takes one assignment.
    mutating func take(
        _ name: String, _ value: String, from source: ConfigurationSource, rank: Rank
    ) {
        if let earlier = assignments.first(where: { $0.name == name && $0.rank == rank }) {
            refuse(source, "\(name) is already set by \(earlier.source)")
            return
        }
        assignments.append(Assignment(name: name, value: value, source: source, rank: rank))
    }

    /// Takes a file's assignments; there every name must be known.
    mutating func take(_ file: ConfigurationFile, path: String) {
        faults += file.faults
        for one in file.assignments {
            let source = ConfigurationSource.file(path: path, line: one.line)
            if Self.isKnown(one.name) {
                take(one.name, one.value, from: source, rank: .file)
            } else {
                refuse(unknown: one.name, from: source)
            }
        }
    }

    /// Notes a fault.
    mutating func refuse(_ source: ConfigurationSource, _ problem: String) {
        faults.append(ConfigurationFault(source, problem))
    }

    /// Notes a name that is no setting, with the one that was probably meant.
    mutating func refuse(unknown name: String, from source: ConfigurationSource) {
        let bare = ConfigurationReader.families.first(where: name.hasPrefix)
            .map { String(name.dropFirst($0.count)) }
        let nearest =
            bare.flatMap { Self.isKnown($0) ? $0 : nil }
            ?? NearestName.to(name, among: Self.names)
        let hint = nearest.map { "; did you mean \($0)?" } ?? ""
        refuse(source, "\(name) is no setting" + hint)
    }

    /// Whether what was gathered before any file asks for development.
    var isDevelopmentAsked: Bool {
        let asked = assignments.filter { $0.name == "ENVIRONMENT" }.max { $0.rank < $1.rank }
        let text = asked?.value ?? ""
        return text.isEmpty || text == Configuration.Environment.development.rawValue
    }

    /// A file that is read in development only cannot ask for production.
    mutating func forbidProduction(in path: String) {
        let production = Configuration.Environment.production.rawValue
        let all = assignments.filter { $0.name == "ENVIRONMENT" && !$0.value.isEmpty }
        guard all.allSatisfy({ $0.rank == .file }) else { return }
        for one in all where one.value == production {
            refuse(
                one.source,
                "ENVIRONMENT is production, but \(path) is for development; "
                    + "name a file with --config, or use EnvironmentFile=")
        }
    }

    /// Reads every setting's text into the configuration, then checks it as a whole.
    mutating func apply() {
        for setting in ConfigurationSetting.all {
            let texts = setting.aliases == .joined ? joined(setting) : chosen(setting)
            // Each by itself first, so that a fault names the one it is in.
            guard let first = texts.first, texts.allSatisfy({ read($0, as: setting) }) else {
                continue
            }
            if texts.count > 1 {
                let all = texts.map(\.value).joined(separator: ",")
                let whole = Assignment(
                    name: first.name, value: all, source: first.source, rank: first.rank)
                guard read(whole, as: setting) else { continue }
            }
            sources[setting.name] = first.source
        }
        faults += ConfigurationRules.faults(in: configuration, sources: sources, given: faults)
        readRouting()
    }

    /// What the daemon would make of the routing file.
    private mutating func readRouting() {
        guard let path = configuration.telephone.routingFile else { return }
        do throws(RoutingFaults) {
            let settings = configuration.namedAgents
            _ = try RoutingDesk(file: path, settings: settings)
        } catch {
            for fault in error.all {
                guard fault.place.line == 0 else {
                    refuse(.routing(path: path, fault.place), fault.problem)
                    continue
                }
                // Nothing in the file is wrong but that there is none: a fault of who named it.
                refuse(
                    sources["ROUTING_FILE"] ?? .standard,
                    "ROUTING_FILE names \(path), which \(fault.problem)")
            }
        }
    }

    private mutating func read(_ one: Assignment, as setting: ConfigurationSetting) -> Bool {
        do throws(ConfigurationRefusal) {
            try setting.apply(one.value, &configuration)
            return true
        } catch {
            refuse(one.source, "\(one.name) \(error.what); expected \(setting.expected)")
            return false
        }
    }

    /// The one assignment that counts; empty when there is none or its value is.
    private mutating func chosen(_ setting: ConfigurationSetting) -> [Assignment] {
        let all = assignments.filter { setting.names.contains($0.name) }
        guard let rank = all.map(\.rank).max() else { return [] }
        let highest = all.filter { $0.rank == rank && !$0.value.isEmpty }
        if let first = highest.first, let other = highest.first(where: { $0.value != first.value })
        {
            refuse(
                other.source,
                "\(other.name) and \(first.name) (\(first.source)) differ, but "
                    + "they are one setting; remove one of them")
        }
        return Array(highest.prefix(1))
    }

    /// For each name the assignment that counts.
    private func joined(_ setting: ConfigurationSetting) -> [Assignment] {
        setting.names.compactMap { name in
            assignments.filter { $0.name == name }.max { $0.rank < $1.rank }
        }.filter { !$0.value.isEmpty }
    }

    /// What came of it.
    var report: ConfigurationReport {
        ConfigurationReport(
            draft: configuration, sources: sources,
            faults: faults.sorted { $0.source.place < $1.source.place },
            notes: faults.isEmpty ? ConfigurationRules.notes(on: configuration) : [])
    }
}
