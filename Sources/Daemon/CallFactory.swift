import Calls
import Net

/// Makes calls, each on the loop with the fewest, and sees them off.
struct CallFactory: Sendable {
    let loops: LoopPool
    let registry: CallRegistry
    let services: CallServices

    /// The call that a ticket promises.
    @Sendable func make(_ ticket: CallTicket) -> Call {
        let loop = loops.quietest()
        loop.addLoad(1)
        return Call(ticket, on: loop, with: services) { [registry] call, ending in
            loop.addLoad(-1)
            registry.leave(call, ending)
        }
    }
}
