import Glibc

extension Configuration {
    /// Where living calls are remembered.
    package enum MemoryPlace: Sendable, Equatable {
        /// Where the service manager keeps our state, or the nearest to that.
        case auto
        /// Nowhere: a call dies with its process.
        case off
        case folder(String)
    }

    /// How much longer than the longest call a memory is kept: clocks and callers take their time.
    private static let memoryGrace = Duration.seconds(600)

    /// Where this process remembers calls, and how long; nil when nowhere.
    func memoryPlan(_ environment: [String: String]) -> MemoryFiles.Plan? {
        let folder: String
        switch memories {
        case .off: return nil
        case .folder(let path): folder = path
        case .auto: folder = Self.stateFolder(environment, self.environment) + "/calls"
        }
        return MemoryFiles.Plan(
            folder: folder, ageMax: guards.call.durationMax + Self.memoryGrace,
            keepsWords: log.privacy != .strict)
    }

    /// systemd.exec(5) StateDirectory=, of which the first counts; by hand the XDG base directory
    /// specification's place, and without a home a folder of this user's own.
    private static func stateFolder(
        _ variables: [String: String], _ environment: Environment
    ) -> String {
        if let state = variables["STATE_DIRECTORY"]?.split(separator: ":").first {
            return String(state)
        }
        if environment == .production { return "/var/lib/callbridge" }
        if let state = variables["XDG_STATE_HOME"], state.hasPrefix("/") {
            return "\(state)/callbridge"
        }
        if let home = variables["HOME"], home.hasPrefix("/") {
            return "\(home)/.local/state/callbridge"
        }
        return "/tmp/callbridge-\(getuid())"
    }
}

extension ConfigurationKind where Value == Configuration.MemoryPlace {
    /// `auto`, `off`, or a folder.
    static var memories: Self {
        Self("auto, off, or the absolute path of a folder, at most 4000 bytes", isShown: true) {
            switch $0 {
            case "auto": .auto
            case "off": .off
            default:
                $0.hasPrefix("/") && $0.utf8.count <= 4_000 && !$0.utf8.contains(0)
                    ? .folder($0) : nil
            }
        } write: {
            switch $0 {
            case .auto: "auto"
            case .off: "off"
            case .folder(let path): path
            }
        }
    }
}
