import Instruments
import Systemd
import Testing

/// deploy/callbridge.catalog is what `journalctl -x` says; here it is held against the ids.
@Suite struct CatalogueFileTests {
    /// One entry: `# event`, `-- id`, headers, an empty line, the explanation.
    private struct Entry {
        var event = ""
        var id = ""
        var headers: [String: String] = [:]
        var text: [String] = []
    }

    private func entries() throws -> [Entry] {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = try SmallFile.read(root + "/deploy/callbridge.catalog", bytesMax: 100_000)
        var all: [Entry] = []
        var event = ""
        for line in String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line.hasPrefix("# ") {
                event = String(line.dropFirst(2))
            } else if line.hasPrefix("-- ") {
                all.append(Entry(event: event, id: String(line.dropFirst(3))))
            } else if let last = all.indices.last {
                if all[last].text.isEmpty, let colon = line.firstIndex(of: ":") {
                    all[last].headers[String(line[..<colon])] = String(
                        line[line.index(after: colon)...].drop { $0 == " " })
                } else {
                    all[last].text.append(String(line))
                }
            }
        }
        return all
    }

    @Test func `every id has its explanation, and none has two`() throws {
        let entries = try entries()
        let explained = Dictionary(entries.map { ($0.event, $0.id) }) { first, _ in first }
        let unexplained = MessageCatalogue.ids.filter { explained[$0.key] != $0.value }.keys
        #expect(unexplained.sorted() == [])
        #expect(entries.count == explained.count)
        #expect(Set(explained.values).count == explained.count)
    }

    @Test func `every explanation has a subject, a home and a text`() throws {
        for entry in try entries() {
            #expect(entry.headers["Subject"]?.isEmpty == false, "\(entry.event)")
            #expect(entry.headers["Defined-By"] == "callbridge", "\(entry.event)")
            #expect(entry.headers["Support"]?.hasPrefix("file:///") == true, "\(entry.event)")
            let words = entry.text.joined(separator: " ").split(separator: " ").count
            #expect(words > 3, "\(entry.event)")
            #expect(entry.text.allSatisfy { $0.utf8.count <= 100 }, "\(entry.event)")
        }
    }
}
