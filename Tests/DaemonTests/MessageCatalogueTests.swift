import Foundation
import Systemd
import Testing

@Suite struct MessageCatalogueTests {
    /// Every event that is said somewhere in the rooms of the daemon, read from their sources.
    private static func said() throws -> Set<String> {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let pattern =
            #/log\??\.(?:(?:error|warning|notice|info)\(\s*|write\(\s*[^"]*?)"([a-z_]+\.[a-z_]+)"/#
        var events: Set<String> = []
        for room in ["Daemon", "Front", "Net", "Systemd"] {
            let folder = root.appendingPathComponent("Sources/\(room)")
            for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            where file.hasSuffix(".swift") {
                let text = try String(
                    contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
                events.formUnion(text.matches(of: pattern).map { String($0.output.1) })
            }
        }
        return events
    }

    @Test func `every event the daemon says has an id of its own`() throws {
        let said = try Self.said()
        #expect(said.count > 10)
        let nameless = said.filter { MessageCatalogue.id(of: $0) == nil }
        #expect(nameless.isEmpty)
        #expect(Set(MessageCatalogue.ids.values).count == MessageCatalogue.ids.count)
        #expect(MessageCatalogue.ids.values.allSatisfy { $0.count == 32 })
    }
}
