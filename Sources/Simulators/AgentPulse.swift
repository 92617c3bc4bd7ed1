/// The agent's heartbeat: pings at an even pace, and what their answers tell.
package struct AgentPulse: Sendable, Equatable {
    private let interval: Duration
    private var pending: [(id: Int64, sent: Duration)] = []

    /// When the next ping is due; nil before the first and when pings are off.
    package private(set) var nextPing: Duration?
    /// As measured by the newest pong.
    package private(set) var roundTrip: Duration?
    /// All round trips so far.
    package private(set) var roundTrips: [Duration] = []

    /// No more than this many pings wait for an answer; older ones count as unanswered only.
    private static let pendingMax = 1000

    package init(every interval: Duration) { self.interval = interval }

    /// Pings sent and not answered.
    package var unanswered: Int { pending.count }

    /// The first ping is sent so long after this.
    package mutating func begin(at now: Duration) {
        if interval > .zero { nextPing = now + interval }
    }

    /// A ping with this id was sent.
    package mutating func sent(_ id: Int64, at now: Duration) {
        if pending.count == Self.pendingMax { pending.removeFirst() }
        pending.append((id, now))
        if let due = nextPing { nextPing = max(due + interval, now) }
    }

    /// A pong came; false when no ping with this id waits for one.
    package mutating func pong(_ id: Int64, at now: Duration) -> Bool {
        guard let index = pending.firstIndex(where: { $0.id == id }) else { return false }
        let trip = now - pending.remove(at: index).sent
        roundTrip = trip
        if roundTrips.count < Self.pendingMax { roundTrips.append(trip) }
        return true
    }

    package static func == (a: AgentPulse, b: AgentPulse) -> Bool {
        a.interval == b.interval && a.nextPing == b.nextPing && a.roundTrips == b.roundTrips
            && a.pending.elementsEqual(b.pending) { $0 == $1 }
    }
}
