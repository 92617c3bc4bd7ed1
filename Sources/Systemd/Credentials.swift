import Glibc
package import Instruments

/// Why a credential cannot be used; never says what it contains.
package enum CredentialFault: Error, Equatable {
    /// The file or the directory cannot be read.
    case file(SmallFileFault)
    /// The content is not UTF-8 text of one line.
    case notText

    /// The reason in words.
    package var reason: String {
        switch self {
        case .file(let fault): fault.reason
        case .notText: "not one line of UTF-8 text"
        }
    }
}

/// Secrets that systemd decrypted or copied for this process alone (systemd.exec(5),
/// LoadCredential=).
package struct Credentials: Sendable {
    private let directory: String

    /// Bytes of one credential; keys and tokens have less than a hundredth of that.
    package static let bytesMax = 16 * 1024
    /// Files looked at in the directory.
    package static let countMax = 256

    /// The credentials of $CREDENTIALS_DIRECTORY; nil when there are none.
    package init?(environment: [String: String]) {
        guard let path = environment["CREDENTIALS_DIRECTORY"], path.hasPrefix("/") else {
            return nil
        }
        directory = path
    }

    /// The names of all credentials, sorted.
    package func names() throws(CredentialFault) -> [String] {
        let entries: [SmallFolder.Entry]
        do throws(SmallFileFault) {
            entries = try SmallFolder.entries(directory, countMax: Self.countMax)
        } catch {
            throw .file(error)
        }
        return entries.map(\.name).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The credential of exactly that name, without the line end an editor left behind; to be
    /// wrapped at once into a type that does not print.
    package func read(_ name: String) throws(CredentialFault) -> String {
        guard !name.isEmpty, !name.hasPrefix("."), !name.utf8.contains(UInt8(ascii: "/")) else {
            throw .file(.unreadable(ENOENT))
        }
        var bytes: [UInt8]
        do throws(SmallFileFault) {
            bytes = try SmallFile.read("\(directory)/\(name)", bytesMax: Self.bytesMax)
        } catch {
            throw .file(error)
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        let isOneLine = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        guard isOneLine, let text = String(validating: bytes, as: UTF8.self) else {
            throw .notText
        }
        return text
    }
}
