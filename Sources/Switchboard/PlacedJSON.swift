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
        var places = PlaceCounter(bytes)
        do throws(TextFault) {
            let text = try CommentedJSON(bytes)
            var starts = text.tokens.map(\.start)[...]
            self = Self.place(try text.value(), &starts, &places)
        } catch {
            throw RoutingFault(places.place(of: error.offset), error.problem)
        }
    }

    private init(_ place: RoutingPlace, _ content: Content) {
        self.place = place
        self.content = content
    }

    /// Tokens come in the order in which a tree is walked, a name before its value.
    private static func place(
        _ json: JSON, _ starts: inout ArraySlice<Int>, _ places: inout PlaceCounter
    ) -> PlacedJSON {
        let here = places.place(of: starts.popFirst() ?? 0)
        switch json {
        case .array(let elements):
            return PlacedJSON(here, .array(elements.map { place($0, &starts, &places) }))
        case .object(let members):
            return PlacedJSON(
                here,
                .object(
                    members.map { member in
                        let name = places.place(of: starts.popFirst() ?? 0)
                        return Member(
                            name: member.name, place: name,
                            value: place(member.value, &starts, &places))
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

/// Counts lines and columns of a text from one offset to the next: files that programs write may be
/// one long line, which must not be counted anew for each value in it. Offsets ascend.
private struct PlaceCounter {
    private let bytes: [UInt8]
    private var offset = 0
    private var place = RoutingPlace(line: 1, column: 1)

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func place(of next: Int) -> RoutingPlace {
        while offset < min(next, bytes.count) {
            if bytes[offset] == 0x0A {
                place = RoutingPlace(line: place.line + 1, column: 1)
            } else if bytes[offset] & 0xC0 != 0x80 {
                // A byte that goes on with a character of UTF-8 is no column of its own.
                place.column += 1
            }
            offset += 1
        }
        return place
    }
}
