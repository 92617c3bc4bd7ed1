import Console
import Instruments
import Systemd

/// Reads the configuration: defaults ← file ← environment ← credentials.
///
/// A later place overrules an earlier one, name by name; an empty value is the default again.
/// Nothing is thrown: everything that is wrong is collected, so that one run tells it all.
package struct ConfigurationReader: Sendable {
    private let environment: [String: String]
    private let file: String?
    private let directory: String

    /// The file that is read in development when no other is named.
    package static let developmentFile = ".env"
    /// Names of these families are ours even when we do not know them: a slip, not a stranger.
    static let families = ["TWILIO_", "ELEVENLABS_", "CALLBRIDGE_"]

    /// A reader of that environment; of `file`, or else of `.env` in `directory` when
    /// development is what the environment asks for.
    package init(environment: [String: String], file: String? = nil, directory: String = ".") {
        self.environment = environment
        self.file = file
        self.directory = directory
    }

    /// Reads everything and checks it.
    package func read() -> ConfigurationReport {
        var draft = ConfigurationDraft()
        readCredentials(into: &draft)
        readEnvironment(into: &draft)
        readFile(into: &draft)
        draft.apply()
        return draft.report
    }

    private func readEnvironment(into draft: inout ConfigurationDraft) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            if ConfigurationDraft.isKnown(name) {
                draft.take(name, value, from: .environment, rank: .environment)
            } else if Self.families.contains(where: name.hasPrefix) {
                draft.refuse(unknown: name, from: .environment)
            }
        }
    }

    /// A credential is named as its setting, in any case, `-` for `_` allowed; others may be
    /// there for other purposes, a key file for instance.
    private func readCredentials(into draft: inout ConfigurationDraft) {
        guard let credentials = Credentials(environment: environment) else { return }
        do throws(CredentialFault) {
            for file in try credentials.names() {
                readCredential(file, of: credentials, into: &draft)
            }
        } catch {
            draft.refuse(.environment, "CREDENTIALS_DIRECTORY cannot be read: \(error.reason)")
        }
    }

    private func readCredential(
        _ file: String, of credentials: Credentials, into draft: inout ConfigurationDraft
    ) {
        let source = ConfigurationSource.credential(file)
        let name = String(file.uppercased().map { $0 == "-" ? "_" : $0 })
        guard ConfigurationDraft.isKnown(name) else {
            if Self.families.contains(where: name.hasPrefix) {
                draft.refuse(unknown: name, from: source)
            }
            return
        }
        do throws(CredentialFault) {
            draft.take(name, try credentials.read(file), from: source, rank: .credential)
        } catch {
            draft.refuse(source, "\(name) cannot be read: \(error.reason)")
        }
    }

    private func readFile(into draft: inout ConfigurationDraft) {
        if let file {
            draft.read(file, isRequired: true)
        } else if draft.isDevelopmentAsked {
            let path = directory == "." ? Self.developmentFile : directory + "/.env"
            if draft.read(path, isRequired: false) { draft.forbidProduction(in: path) }
        }
    }
}

extension ConfigurationDraft {
    /// Reads the settings of a file; false when it is not there.
    @discardableResult
    fileprivate mutating func read(_ path: String, isRequired: Bool) -> Bool {
        var bytes: [UInt8] = []
        do throws(SmallFileFault) {
            bytes = try SmallFile.read(path, bytesMax: ConfigurationFile.bytesMax)
        } catch {
            if isRequired || !error.isAbsent {
                refuse(.file(path: path, line: 0), "cannot be read: \(error.reason)")
            }
            return false
        }
        take(ConfigurationFile(bytes, path: path), path: path)
        return true
    }
}
