import Wire

/// A JSON value that knows where in the file it stands.
struct PlacedJSON {
    /// A name, where it stands, and its value.
    struct Member {
        let name: String
        let place: RoutingPlace
        let value: PlacedJSON
    }

    /// What the value is made of.
    enum Content {
        case scalar(JSON)
        case array([PlacedJSON])
        case object([Member])
    }

    let place: RoutingPlace
    let content: Content

    /// Reads a whole file.
    init(parsing bytes: [UInt8]) throws(RoutingFault) {
        let lines = LineTable(bytes)
        do throws(TextFault) {
            let text = try CommentedJSON(bytes)
            var starts = text.tokens.map(\.start)[...]
            self = Self.place(try text.value(), &starts, lines)
        } catch {
            throw RoutingFault(lines.place(of: error.offset), error.problem)
        }
    }

    private init(_ place: RoutingPlace, _ content: Content) {
        self.place = place
        self.content = content
    }

    /// Tokens come in the order in which a tree is walked, a name before its value.
    private static func place(
        _ json: JSON, _ starts: inout ArraySlice<Int>, _ lines: LineTable
    ) -> PlacedJSON {
        let here = lines.place(of: starts.popFirst() ?? 0)
        switch json {
        case .array(let elements):
            return PlacedJSON(here, .array(elements.map { place($0, &starts, lines) }))
        case .object(let members):
            return PlacedJSON(
                here,
                .object(
                    members.map { member in
                        let name = lines.place(of: starts.popFirst() ?? 0)
                        return Member(
                            name: member.name, place: name,
                            value: place(member.value, &starts, lines))
                    }))
        default: return PlacedJSON(here, .scalar(json))
        }
    }
}

/// A line and a column of a routing file, both counted from one.
package struct RoutingPlace: Sendable, Equatable, Comparable, CustomStringConvertible {
    package var line: Int
    /// In characters, as an editor shows it.
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (a: RoutingPlace, b: RoutingPlace) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }

    package var description: String { "\(line):\(column)" }
}

/// Where the lines of a text begin.
private struct LineTable {
    private let bytes: [UInt8]
    private let starts: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        starts = [0] + bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
    }

    func place(of offset: Int) -> RoutingPlace {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        let before = bytes[starts[low]..<max(starts[low], min(offset, bytes.count))]
        // A byte that goes on with a character of UTF-8 is no column of its own.
        return RoutingPlace(line: low + 1, column: before.count { $0 & 0xC0 != 0x80 } + 1)
    }
}
