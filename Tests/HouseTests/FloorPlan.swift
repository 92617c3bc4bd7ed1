/// What Package.swift says, read as text: its calls of `door`, `room`, `program` and `tests`.
struct FloorPlan {
    struct Entry {
        /// `door`, `room`, `program` or `tests`.
        let kind: String
        let name: String
        let imports: Set<String>
    }

    let entries: [Entry]

    init() {
        let text = House.text(of: "Package.swift") ?? ""
        let plan = text.components(after: "targets: [")
        entries = ["door", "room", "program", "tests"].flatMap { kind in
            Self.calls(of: kind, in: plan)
        }
    }

    /// What a module may import, by module.
    func imports(of kinds: String...) -> [String: Set<String>] {
        let chosen = entries.filter { kinds.contains($0.kind) }
        return Dictionary(chosen.map { ($0.name, $0.imports) }) { a, b in a.union(b) }
    }

    private static func calls(of kind: String, in plan: String) -> [Entry] {
        var found: [Entry] = []
        var rest = plan[...]
        while let call = rest.firstRange(of: " \(kind)(") {
            rest = rest[call.upperBound...]
            let arguments = rest.prefix { $0 != ")" }
            // Labelled arguments are no imports.
            let unlabelled = String(arguments).components(before: "exclude:", "links:")
            let names = unlabelled.split(separator: "\"", omittingEmptySubsequences: false)
                .enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
            if let name = names.first {
                found.append(Entry(kind: kind, name: name, imports: Set(names.dropFirst())))
            }
        }
        return found
    }
}

extension String {
    /// What comes after the first `mark`; nothing when it is not there.
    fileprivate func components(after mark: String) -> String {
        firstRange(of: mark).map { String(self[$0.upperBound...]) } ?? ""
    }

    /// What comes before the first of several marks.
    fileprivate func components(before marks: String...) -> String {
        let ends = marks.compactMap { firstRange(of: $0)?.lowerBound }
        return String(self[..<(ends.min() ?? endIndex)])
    }
}
