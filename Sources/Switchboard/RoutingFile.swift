import Instruments

/// The file that says which number is answered how; `config/routing.json` is its reference.
package enum RoutingFile {
    /// Bytes of a file: a thousand numbers with a ladder each take a third of it.
    package static let bytesMax = 1024 * 1024
    /// Faults told of one file; after that it is something else.
    package static let faultsMax = 50

    /// Every name that may be written, each once.
    package static let names = Set(
        RoutingReader.fileNames + RoutingReader.agentNames + RoutingReader.hoursNames
            + RoutingReader.entryNames + RoutingReader.rungNames)

    /// Reads and checks the file at `path`; `agents` are the keys of those that the settings
    /// name, `zone` finds a time zone by its name. Blocks.
    package static func read(
        _ path: String, agents: Set<String>, zone: (String) -> ZoneFile?
    ) throws(RoutingFaults) -> RoutingTable {
        let bytes: [UInt8]
        do { bytes = try SmallFile.read(path, bytesMax: bytesMax) } catch {
            let start = RoutingPlace(line: 0, column: 0)
            throw RoutingFaults([RoutingFault(start, "cannot be read: \(error.reason)")])
        }
        return try read(bytes, agents: agents, zone: zone)
    }

    /// Checks the bytes of a file.
    package static func read(
        _ bytes: [UInt8], agents: Set<String>, zone: (String) -> ZoneFile?
    ) throws(RoutingFaults) -> RoutingTable {
        let root: PlacedJSON
        do { root = try PlacedJSON(parsing: bytes) } catch { throw RoutingFaults([error]) }
        var reader = RoutingReader(settingsAgents: agents)
        let table = reader.table(root, zone)
        guard reader.faults.isEmpty else { throw RoutingFaults(reader.faults) }
        return table
    }
}
