package import Calls
package import Instruments
package import Switchboard
package import Twilio

/// What outbound calls need besides the desk.
package struct OutboundDesk: Sendable {
    /// The calls promised.
    package let book: OutboundBook
    /// The way to Twilio; nil without an account and a number.
    package let line: (any TwilioLine)?
    private let directory: @Sendable () -> [String: String]
    private let outage: @Sendable (Rung) -> Duration?

    /// `agents` answers our keys of agents, and the provider's names for them; `outage` for how long
    /// nobody will answer on a rung, nil when somebody may.
    package init(
        book: OutboundBook, line: (any TwilioLine)?,
        agents directory: @escaping @Sendable () -> [String: String],
        outage: @escaping @Sendable (Rung) -> Duration? = { _ in nil }
    ) {
        self.book = book
        self.line = line
        self.directory = directory
        self.outage = outage
    }

    /// For how long nobody will answer on any of these; nil when somebody may. Regret is nobody.
    func outage(of rungs: [Rung]) -> Duration? {
        let somebody = rungs.filter { $0 != .apology }
        let waits = somebody.compactMap(outage)
        return waits.count == somebody.count ? waits.min() : nil
    }

    /// Our keys of agents, and the provider's names for them.
    package var agents: [String: String] { directory() }

    /// Calls of ours that nobody has answered yet.
    package func ringing(_ registry: CallRegistry, at now: Duration) -> [CallSID] {
        book.openCalls.filter { call in
            book.isLiving(call, at: now) && registry.find(call) == nil
                && registry.ending(of: call) == nil
        }
    }

    /// Takes back the calls that nobody has answered: whoever is rung now would meet a daemon
    /// that takes no calls any more. One that is answered in this moment stays.
    package func cancelUnanswered(_ registry: CallRegistry, _ log: Log) async {
        guard let line else { return }
        await withTaskGroup(of: Void.self) { group in
            for call in book.openCalls where registry.find(call) == nil {
                book.takeBack(call, EndReason.callbridgeStopped.rawValue)
                group.addTask {
                    do { _ = try await line.update(call, .cancel) } catch {
                        log.error(
                            "outbound.failed", "An outgoing call could not be taken back",
                            .callSID(call.text), .reason("\(error)"))
                    }
                }
            }
        }
    }

    /// Nothing can be called.
    package static var closed: OutboundDesk {
        OutboundDesk(book: OutboundBook(OutboundPolicy()), line: nil, agents: { [:] })
    }
}
