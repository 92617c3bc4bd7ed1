import Glibc
import Instruments

/// Where the daemon listens to its operator, as the setting says.
package enum ControlPlace: Sendable, Equatable {
    /// Worked out from where the daemon runs.
    case automatic
    /// Nowhere.
    case off
    /// At this path.
    case path(String)
}

/// Where control sockets lie, for the daemon that makes one and the program that looks for one.
///
///     service     $RUNTIME_DIRECTORY/control.sock      /run/callbridge/blue/control.sock
///     laptop      $XDG_RUNTIME_DIR/callbridge/control.sock, or /tmp/callbridge-UID/control.sock;
///                 a second daemon beside it: control-PORT.sock
package struct ControlPaths: Sendable {
    /// The socket's name in whatever folder.
    static let name = "control.sock"
    /// Where services have their runtime directories.
    static let services = "/run/callbridge"

    private let environment: [String: String]
    private let user: UInt32
    private let services: String

    /// The paths of that user in that environment.
    package init(
        environment: [String: String], user: UInt32 = getuid(), services: String = services
    ) {
        self.environment = environment
        self.user = user
        self.services = services
    }

    /// The service's own folder, the first of RuntimeDirectory=.
    var ofService: String? {
        environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first.map { "\($0)/\(Self.name)" }
    }

    /// One person's daemon on a laptop.
    var ofPerson: String { "\(personalFolder)/\(Self.name)" }

    /// The same person's further daemon, which answers the telephone at that port.
    func ofPerson(port: UInt16) -> String { "\(personalFolder)/\(Self.further)\(port).sock" }

    /// How the names of further sockets begin.
    private static let further = "control-"

    private var personalFolder: String {
        if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") {
            return "\(runtime)/callbridge"
        }
        return "/tmp/callbridge-\(user)"
    }

    /// Where the daemon is to listen; nil for nowhere.
    func chosen(_ configuration: Configuration) -> String? {
        switch configuration.listening.control {
        case .off: nil
        case .path(let path): path
        case .automatic:
            ofService ?? (configuration.environment == .development ? ofPerson : nil)
        }
    }

    /// Makes the folder of one person's socket, and sees that it is that person's alone: in /tmp
    /// anybody may have made it before.
    func prepare(_ path: String) -> Bool {
        guard path.hasPrefix(personalFolder + "/") else { return true }
        mkdir(personalFolder, S_IRWXU)
        var status = stat()
        guard lstat(personalFolder, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR && status.st_uid == user
            && status.st_mode & 0o077 == 0
    }

    /// The socket of the service of that name (`callbridge@NAME`).
    func ofInstance(_ name: String) -> String { "\(services)/\(name)/\(Self.name)" }

    /// Every place where a daemon may be, the likeliest first.
    var everywhere: [String] {
        var all = ["\(services)/\(Self.name)"]
        all += instances.map(ofInstance)
        all.append(ofPerson)
        let further = Self.names(in: personalFolder, of: DT_SOCK)
        return all + further.filter { $0.hasPrefix(Self.further) }.map { "\(personalFolder)/\($0)" }
    }

    /// The folders of services.
    private var instances: [String] { Self.names(in: services, of: DT_DIR) }

    private static func names(in path: String, of kind: Int) -> [String] {
        let entries = (try? SmallFolder.entries(path, countMax: namesMax)) ?? []
        return entries.filter { $0.kind == kind && !$0.name.hasPrefix(".") }.map(\.name).sorted()
    }

    /// Names looked at; a machine has two instances, blue and green, a laptop a few daemons.
    private static let namesMax = 64
}
