import Calls
import Net
import Synchronization
import Traces

/// Makes calls, each on the loop with the fewest, and sees them off.
struct CallFactory: Sendable {
    let loops: LoopPool
    let registry: CallRegistry
    let services: CallServices
    /// What stands in the services' place for limits: they may change between two calls.
    let limits: CurrentCallLimits
    /// Where calls are traced; nowhere unless asked for.
    var traces: TraceDepot?

    /// The call that a ticket promises.
    @Sendable func make(_ ticket: CallTicket) -> Call { make(ticket, nil) }

    /// The call that another process left behind.
    @Sendable func revive(_ memory: CallMemory) -> Call { make(memory.ticket, memory) }

    private func make(_ ticket: CallTicket, _ memory: CallMemory?) -> Call {
        let loop = loops.quietest()
        loop.addLoad(1)
        var services = services
        services.limits = limits.now
        let recorder = traces?.recorder(ticket, services.limits, recalling: memory)
        return Call(ticket, on: loop, with: services, recalling: memory, recorder: recorder) {
            [registry] call, ending in
            loop.addLoad(-1)
            registry.leave(call, ending)
        }
    }
}

/// The numbers of the next call; those that live keep theirs.
final class CurrentCallLimits: Sendable {
    private let limits: Mutex<CallLimits>

    init(_ limits: CallLimits) { self.limits = Mutex(limits) }

    var now: CallLimits {
        get { limits.withLock { $0 } }
        set { limits.withLock { $0 = newValue } }
    }
}
