import Instruments
import Switchboard

/// Puts another routing table in force while calls go on; with any fault the old one stays.
struct RoutingReload: Sendable {
    let desk: RoutingDesk
    let breakers: BreakerKeeper
    let log: Log

    /// Reads the file again and says what came of it. Blocks while files are read.
    func reload() {
        do throws(RoutingFaults) {
            let change = try desk.reload()
            // Agents that are not what they were begin anew; who was tried in vain as the
            // agent of yesterday says nothing about the one of today.
            breakers.keep(desk.agentKeys.subtracting(change.agents.changed))
            log.notice("routing.reloaded", "Routing file read again: \(change.text)")
        } catch {
            for fault in error.all {
                log.error("routing.refused", "Routing file refused, the old one stays: \(fault)")
            }
        }
    }
}
