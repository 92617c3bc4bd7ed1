import Instruments
import Switchboard

/// Puts another routing table in force while calls go on; with any fault the old one stays.
struct RoutingReload: Reloadable {
    let desk: RoutingDesk
    let breakers: [BreakerKeeper]
    let log: Log

    var settings: [String] { ["ROUTING_FILE"] }

    func prepare(_ new: Configuration) throws(ReloadRefusal) -> ReloadStep {
        let path = new.telephone.routingFile
        do throws(RoutingFaults) {
            let step = try desk.prepare(file: path)
            let changes = step.change.isEmpty ? [] : ["routing file: \(step.change.text)"]
            return ReloadStep(changes: changes) { [self] in apply(step) }
        } catch {
            for fault in error.all {
                log.error(
                    "routing.refused", "Routing file refused, the old one stays",
                    .reason("\(fault)"))
            }
            throw ReloadRefusal(error.all.map { "\(path ?? ""):\($0)" })
        }
    }

    private func apply(_ step: RoutingDesk.Step) {
        desk.apply(step)
        // Agents that are not what they were begin anew; who was tried in vain as the agent of
        // yesterday says nothing about the one of today.
        let same = desk.agentKeys.subtracting(step.change.agents.changed)
        for keeper in breakers { keeper.keep(same) }
        log.notice("routing.reloaded", "Routing file read again", .detail(step.change.text))
    }
}
