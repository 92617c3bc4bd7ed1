/// Rows of text under each other, columns two spaces apart.
package struct TextTable: Sendable {
    /// One column: its head and the side its cells stand on.
    package struct Column: Sendable {
        let head: String
        let isRight: Bool

        /// Cells begin below the head's first letter: words.
        package static func left(_ head: String) -> Column { Column(head: head, isRight: false) }

        /// Cells end below the head's last letter: numbers.
        package static func right(_ head: String) -> Column { Column(head: head, isRight: true) }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    /// A table without rows.
    package init(_ columns: Column...) { self.columns = columns }

    /// Adds a row; missing cells are empty, cells beyond the columns are left out.
    package mutating func add(_ cells: String...) { add(cells) }

    /// Adds a row; missing cells are empty, cells beyond the columns are left out.
    package mutating func add(_ cells: [String]) {
        let kept = cells.prefix(columns.count).map(Self.clean)
        rows.append(kept + Array(repeating: "", count: columns.count - kept.count))
    }

    /// The table with a line end after each row; the row of heads is left out when all are empty.
    package var text: String {
        let heads = columns.map(\.head)
        let all = (heads.allSatisfy(\.isEmpty) ? [] : [heads]) + rows
        let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { cells in
            var line = zip(cells, zip(columns, widths)).map { cell, shape in
                Self.pad(cell, to: shape.1, isRight: shape.0.isRight)
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    private static func pad(_ cell: String, to width: Int, isRight: Bool) -> String {
        let space = String(repeating: " ", count: width - cell.count)
        return isRight ? space + cell : cell + space
    }

    /// One line without control characters: cells may hold what a peer sent.
    private static func clean(_ cell: String) -> String {
        String(cell.map { $0.unicodeScalars.contains { !$0.properties.isPrintable } ? " " : $0 })
    }
}
