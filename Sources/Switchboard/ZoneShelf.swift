import Instruments

/// The machine's time zones, by their IANA names.
package struct ZoneShelf: Sendable {
    /// Where Debian's tzdata puts them.
    package static let standardFolder = "/usr/share/zoneinfo"
    /// Letters of a name; the longest of 2025 has 32.
    private static let nameMax = 64

    private let folder: String

    /// The zones in that folder.
    package init(folder: String = standardFolder) { self.folder = folder }

    /// The zone of that name; nil when there is none, or its file says what cannot be. Blocks.
    package func zone(_ name: String) -> ZoneFile? {
        guard Self.isName(name),
            let bytes = try? SmallFile.read(folder + "/" + name, bytesMax: ZoneFile.bytesMax)
        else { return nil }
        return ZoneFile(bytes)
    }

    /// `Europe/Berlin`: no way out of the folder, and no file beside the zones.
    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return name.utf8.count <= nameMax
            && parts.allSatisfy { part in
                guard let first = part.utf8.first, (0x41...0x5A).contains(first) else {
                    return false
                }
                return part.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                        || "+-_".utf8.contains(byte)
                }
            }
    }
}
