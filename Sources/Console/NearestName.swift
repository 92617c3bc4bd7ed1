/// Finds the name a mistyped one was meant to be.
package enum NearestName {
    /// Longer names are not compared: the effort grows with the product of both lengths.
    private static let lengthMax = 64

    /// The closest of `names`, case aside; nil when none is close enough to be meant. Of two
    /// equally close the first.
    package static func to(_ name: String, among names: some Sequence<String>) -> String? {
        let wrong = Array(name.lowercased().utf8)
        guard wrong.count <= lengthMax else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in names {
            let right = Array(candidate.lowercased().utf8)
            // A third of the letters may be wrong; beyond that it is a guess.
            let allowed = min(max(1, right.count / 3), 4)
            guard right.count <= lengthMax, abs(right.count - wrong.count) <= allowed else {
                continue
            }
            let distance = distance(wrong, right)
            if distance <= allowed, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// Letters to insert, remove, replace or swap with a neighbour (optimal string alignment).
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var row = [i + 1]
            for (j, other) in b.enumerated() {
                var cost = min(last[j + 1], row[j]) + 1
                cost = min(cost, last[j] + (letter == other ? 0 : 1))
                if i > 0, j > 0, letter == b[j - 1], other == a[i - 1] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
