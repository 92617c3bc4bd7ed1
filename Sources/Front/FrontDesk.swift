package import Calls
package import Instruments
package import Switchboard
package import Twilio
package import Wire

/// What the routes work with.
package struct FrontDesk: Sendable {
    /// Makes the call a ticket promises, on the loop with the fewest.
    package typealias CallMaker = @Sendable (CallTicket) -> Call
    /// Decides how a call to this number, from that one, is answered at this time.
    package typealias Planner = @Sendable (PhoneNumber, PhoneNumber, Duration) -> CallPlan
    /// Hands a call to ElevenLabs: the agent's key, and the TwiML that joins them.
    package typealias HandOff =
        @Sendable (String, CallTicket) async throws(DialFault) -> String

    /// The parts that do the work; each says itself what it is.
    package let registry: CallRegistry
    package let tickets: TicketBook
    package let sessions: SessionNames
    package let gate: GateKeeper
    package let makeCall: CallMaker
    /// Where the world reaches us; a path of its own stands before ours.
    package let publicURL: WebAddress
    package let planner: Planner
    package let handOff: HandOff
    package let announcements: AnnouncementShelf
    /// Numbers in full in answers: development's debugging only.
    package let showsNumbers: Bool
    package let version: String
    /// On the loops' clock.
    package let startedAt: Duration
    /// Our name among instances that share a socket.
    package let instance: String?
    package let log: Log
    package let meters: FrontMeters
    /// What outbound calls need.
    package let outbound: OutboundDesk
    /// Who asks, behind proxies.
    package let clients: ClientAddress
    /// Which web pages may use us.
    package let origins: Origins
    /// Whom Twilio was asked in vain to hang up on.
    let owedHangUps = OwedHangUps()
    /// How calls of a process that is no more go on.
    package let revival: Revival

    /// How long a stream may take to say which call it is: Twilio says it at once.
    package let doorPatience: Duration

    package init(
        registry: CallRegistry, tickets: TicketBook, sessions: SessionNames, gate: GateKeeper,
        makeCall: @escaping CallMaker, publicURL: WebAddress,
        planner: @escaping Planner, handOff: @escaping HandOff,
        announcements: AnnouncementShelf, showsNumbers: Bool, version: String, startedAt: Duration,
        log: Log, meters: FrontMeters,
        outbound: OutboundDesk = .closed, clients: ClientAddress = .peerAlone,
        allowedOrigins: [WebAddress] = [], revival: Revival = .none, instance: String? = nil,
        doorPatience: Duration = .seconds(10)
    ) {
        self.doorPatience = doorPatience
        self.registry = registry
        self.tickets = tickets
        self.sessions = sessions
        self.gate = gate
        self.makeCall = makeCall
        self.publicURL = publicURL
        self.planner = planner
        self.handOff = handOff
        self.announcements = announcements
        self.showsNumbers = showsNumbers
        self.version = version
        self.startedAt = startedAt
        self.log = log
        self.meters = meters
        self.instance = instance
        self.outbound = outbound
        self.clients = clients
        origins = Origins(own: publicURL, others: allowedOrigins)
        self.revival = revival
    }

    /// Ends calls, wherever their caller is.
    package var ender: CallEnder { CallEnder(self) }

    /// How a call is answered: by the number that was called, or as it was promised.
    func plan(
        _ webhook: VoiceWebhook, _ promise: OutboundPromise?, _ wallClock: Duration
    ) -> CallPlan {
        guard let promise else { return planner(webhook.to, webhook.from, wallClock) }
        return promise.plan(from: planner(webhook.from, webhook.to, wallClock), to: webhook.to)
    }

    /// In which language the house speaks to a call's parties.
    func words(for sid: CallSID) -> Words {
        Words(registry.find(sid)?.ticket.plan.language ?? .english)
    }

    /// What a caller gets whose call is over for us.
    func stepAfterEnd(_ sid: CallSID) -> NextStep { registry.ending(of: sid)?.step ?? .apology }

    /// One of our own addresses as Twilio must call it: it comes back to this instance, for no other
    /// one knows the call; `toAny` where there is no call yet, and for what is the same everywhere.
    func address(_ path: String, scheme: String? = nil, toAny: Bool = false) -> String {
        let before = publicURL.target == "/" ? "" : publicURL.target
        let prefix = before.hasSuffix("/") ? String(before.dropLast()) : before
        return publicURL.with(target: prefix + InstancePath.prefix(toAny ? nil : instance) + path)
            .with(scheme: scheme ?? publicURL.scheme).text
    }
}
