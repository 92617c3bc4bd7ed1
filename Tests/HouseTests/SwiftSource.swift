import Glibc

/// One Swift file: its lines as written, and as code alone.
struct SwiftSource: Sendable {
    /// Every file of the house and of its tests, read once.
    static let house = all(below: "Sources")
    static let tests = all(below: "Tests")

    let path: String
    let lines: [String]
    /// The same lines, blank where comments, text in quotes and names in backticks stood.
    let code: [String]
    private let codeBytes: [UInt8]

    init(path: String) {
        self.init(path: path, text: House.text(of: path) ?? "")
    }

    init(path: String, text: String) {
        self.path = path
        lines = Self.split(Array(text.utf8))
        var eraser = Eraser(Array(text.utf8))
        codeBytes = eraser.erased()
        code = Self.split(codeBytes)
    }

    /// The folder below `Sources` or `Tests` the file is in.
    var room: String {
        path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    }

    private static func all(below folder: String) -> [SwiftSource] {
        House.files(below: folder, named: ".swift").map { SwiftSource(path: $0) }
    }

    /// Where a line of code says `word` and satisfies a condition, as `path:number`.
    func places(of word: String, where holds: (Int) -> Bool = { _ in true }) -> [String] {
        // Most files say most words nowhere, and memchr finds that out fast.
        guard codeBytes.mention(word) else { return [] }
        return code.indices.filter { code[$0].says(word) && holds($0) }
            .map { "\(path):\($0 + 1)" }
    }

    private static func split(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

extension String {
    /// True when `word` stands here, not as a part of a longer name.
    func says(_ word: String) -> Bool {
        let text = Array(utf8)
        let wanted = Array(word.utf8)
        guard let first = wanted.first, let last = wanted.last, text.count >= wanted.count else {
            return false
        }
        return (0...(text.count - wanted.count)).contains { start in
            let end = start + wanted.count
            return text[start] == first && text[start..<end].elementsEqual(wanted)
                && !(first.isNameByte && start > 0 && text[start - 1].isNameByte)
                && !(last.isNameByte && end < text.count && text[end].isNameByte)
        }
    }

    /// The names and the marks of a line of code, in order.
    var words: [String] {
        split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    }
}

extension [UInt8] {
    /// True when these bytes of text contain `word`, whole or not.
    func mention(_ word: String) -> Bool {
        let wanted = Array(word.utf8)
        return withUnsafeBytes { text in
            wanted.withUnsafeBytes { wanted in
                guard let mark = wanted.first, let end = text.baseAddress?.advanced(by: count)
                else { return false }
                var from = text.baseAddress
                while let start = from, let hit = memchr(start, Int32(mark), end - start) {
                    let hit = UnsafeRawPointer(hit)
                    guard end - hit >= wanted.count, let word = wanted.baseAddress else { break }
                    if memcmp(hit, word, wanted.count) == 0 { return true }
                    from = hit + 1
                }
                return false
            }
        }
    }
}

extension UInt8 {
    /// True for the bytes Swift's plain names are made of.
    var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
