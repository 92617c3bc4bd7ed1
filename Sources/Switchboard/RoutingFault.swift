/// One thing wrong with a routing file: where it stands, what it is and what is expected instead.
package struct RoutingFault: Error, Sendable, Equatable, CustomStringConvertible {
    package var place: RoutingPlace
    /// One sentence; it tells no number in full.
    package var problem: String

    init(_ place: RoutingPlace, _ problem: String) {
        self.place = place
        self.problem = problem
    }

    package var description: String { "\(place): \(problem)" }
}

/// What is wrong with a routing file, in the order of its lines; never empty.
package struct RoutingFaults: Error, Sendable, Equatable {
    /// The first ones, `RoutingFile.faultsMax` at the most.
    package let all: [RoutingFault]

    init(_ all: [RoutingFault]) {
        self.all = Array(all.sorted { $0.place < $1.place }.prefix(RoutingFile.faultsMax))
    }
}
