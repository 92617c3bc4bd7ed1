import FoundationEssentials

/// The source tree these tests were compiled from.
enum House {
    /// The folder with Package.swift in it.
    static let root = folder(above: #filePath, levels: 3)

    /// What the house is made of; everything else at the top is somebody's own.
    static let wings = ["Sources", "Tests", "deploy", "config", ".ci"]
    static let papers = ["Package.swift", "Makefile", "README.md", ".swift-format", ".gitignore"]

    /// The names in a folder, sorted, the hidden ones left out.
    static func names(in folder: String) -> [String] {
        let found = try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)
        return (found ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The names of the folders in a folder.
    static func folders(in folder: String) -> [String] {
        names(in: folder).filter { isFolder(folder + "/" + $0) }
    }

    /// Every file below a folder, as paths from the root.
    static func files(below folder: String, named suffix: String = "") -> [String] {
        names(in: folder).flatMap { name in
            let path = folder + "/" + name
            if isFolder(path) { return files(below: path, named: suffix) }
            return name.hasSuffix(suffix) ? [path] : []
        }
    }

    /// The text of a file; nil when it is not there, or not text.
    static func text(of path: String) -> String? {
        guard let bytes = bytes(of: path), !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The bytes of a file; nil when it is not there.
    static func bytes(of path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: root + "/" + path).map { [UInt8]($0) }
    }

    /// True when there is a file or folder of that path.
    static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root + "/" + path)
    }

    private static func isFolder(_ path: String) -> Bool {
        var folder = false
        let there = FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &folder)
        return there && folder
    }

    private static func folder(above path: String, levels: Int) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast(levels).joined(separator: "/")
    }
}
