package import Switchboard

/// Where a setting's value, or the lack of it, comes from.
package enum ConfigurationSource: Sendable, Equatable, CustomStringConvertible {
    /// Nobody set it.
    case standard
    /// A file, and the line where the assignment begins; 0 is the file as a whole.
    case file(path: String, line: Int)
    /// The routing file, and the place in it.
    case routing(path: String, RoutingPlace)
    case environment
    /// A file in $CREDENTIALS_DIRECTORY, by its name there.
    case credential(String)

    /// Where its faults are told: files first, line by line, then from the nearest to the whole.
    var place: (Int, Int) {
        switch self {
        case .file(_, let line): (0, line)
        case .routing(_, let place): (1, place.line)
        case .environment: (2, 0)
        case .credential: (3, 0)
        case .standard: (4, 0)
        }
    }

    package var description: String {
        switch self {
        case .standard: "configuration"
        case .file(let path, line: 0): path
        case .file(let path, let line): "\(path):\(line)"
        case .routing(let path, let place): place.line == 0 ? path : "\(path):\(place)"
        case .environment: "environment"
        case .credential(let name): "credential \(name)"
        }
    }
}

/// One thing wrong with the configuration: where, what, and what is expected instead.
///
/// Its text never has a secret's value, nor one that might be a secret in the wrong place.
package struct ConfigurationFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where it stands.
    package var source: ConfigurationSource
    /// One sentence that begins with the setting's name, where there is one.
    package var problem: String

    init(_ source: ConfigurationSource, _ problem: String) {
        self.source = source
        self.problem = problem
    }

    package var description: String { "\(source): \(problem)" }
}
