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
            let step = try desk.prepare(file: desk.file)
            apply(step)
            log.notice("routing.reloaded", "Routing file read again: \(step.change.text)")
        } catch {
            for fault in error.all {
                log.error("routing.refused", "Routing file refused, the old one stays: \(fault)")
            }
        }
    }

    /// Puts a table in force that was read and checked. Agents that are not what they were begin
    /// anew: in vain tried yesterday says nothing about the agent of today.
    func apply(_ step: RoutingDesk.Step) {
        desk.apply(step)
        breakers.keep(desk.agentKeys.subtracting(step.change.agents.changed))
    }
}
