package import Calls
package import Instruments
package import Wire

/// What the routes work with.
package struct FrontDesk: Sendable {
    /// Makes the call a ticket promises, on the loop with the fewest.
    package typealias CallMaker = @Sendable (CallTicket) -> Call

    /// The parts that do the work; each says itself what it is.
    package let registry: CallRegistry
    package let tickets: TicketBook
    package let sessions: SessionNames
    package let gate: GateKeeper
    package let makeCall: CallMaker
    /// Where the world reaches us: `https://…`, no path.
    package let publicURL: WebAddress
    /// The key of the agent that answers.
    package let agent: String
    /// Numbers in full in answers: development's debugging only.
    package let showsNumbers: Bool
    package let version: String
    package let startedAt: Duration
    package let log: Log
    package let meters: FrontMeters

    package init(
        registry: CallRegistry, tickets: TicketBook, sessions: SessionNames, gate: GateKeeper,
        makeCall: @escaping CallMaker, publicURL: WebAddress, agent: String,
        showsNumbers: Bool, version: String, startedAt: Duration, log: Log, meters: FrontMeters
    ) {
        self.registry = registry
        self.tickets = tickets
        self.sessions = sessions
        self.gate = gate
        self.makeCall = makeCall
        self.publicURL = publicURL
        self.agent = agent
        self.showsNumbers = showsNumbers
        self.version = version
        self.startedAt = startedAt
        self.log = log
        self.meters = meters
    }

    /// One of our own addresses as Twilio must call it.
    func address(_ path: String, scheme: String? = nil) -> String {
        publicURL.with(target: path).with(scheme: scheme ?? publicURL.scheme).text
    }
}
