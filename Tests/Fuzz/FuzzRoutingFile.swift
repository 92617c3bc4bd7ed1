// libFuzzer entry for routing files.
//
// Whatever the bytes are: no crash; a fault stands in a line and column that exist; a file that
// is read keeps its promises: no ladder is empty, every one ends with the apology, every agent
// on it is known, and plans and opening hours can be told for any moment.

import Switchboard
import Twilio

private let zone = ZoneShelf().zone("Europe/Berlin")

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzRoutingFile(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    do {
        check(try RoutingFile.read(bytes, agents: ["default"]) { _ in zone })
    } catch {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        precondition((1...RoutingFile.faultsMax).contains(error.all.count))
        for fault in error.all {
            precondition((1...lines.count).contains(fault.place.line))
            precondition((1...lines[fault.place.line - 1].count + 1).contains(fault.place.column))
        }
    }
    return 0
}

private func check(_ table: RoutingTable) {
    let caller = PhoneNumber("+15550100")
    for (number, entry) in table.numbers {
        precondition(number.e164 != nil)
        precondition(entry.ladder.last == .apology && entry.ladderClosed.last == .apology)
        let agents = (entry.ladder + entry.ladderClosed).compactMap(\.agent)
        precondition(agents.allSatisfy { $0 == "default" || table.agents[$0] != nil })
        for second in [0, 1_774_746_000, 1_792_890_000, 4_000_000_000] {
            let plan = table.plan(for: number, from: caller, wallClock: .seconds(second))
            precondition(plan.number == number && !plan.rungs.isEmpty)
        }
    }
}
