import Glibc

/// Reads folders of a known small size: credentials, sockets, a process's own.
package enum SmallFolder {
    /// One name in a folder.
    package struct Entry: Sendable {
        package let name: String
        /// What bears it: `DT_DIR`, `DT_SOCK`, … of readdir(3).
        package let kind: Int
    }

    /// All but `.` and `..`, in no order, and not more than `countMax`; blocks.
    package static func entries(
        _ path: String, countMax: Int
    ) throws(SmallFileFault) -> [Entry] {
        guard let folder = opendir(path) else { throw .unreadable(errno) }
        defer { closedir(folder) }
        var entries: [Entry] = []
        while entries.count < countMax, let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            entries.append(Entry(name: name, kind: Int(entry.pointee.d_type)))
        }
        return entries
    }

    /// The names alone, without those that begin with a dot; none when nobody may look.
    package static func names(_ path: String, countMax: Int) -> [String] {
        let entries = (try? entries(path, countMax: countMax)) ?? []
        return entries.map(\.name).filter { !$0.hasPrefix(".") }
    }
}
