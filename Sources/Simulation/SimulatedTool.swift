import Calls
import Simulators
import Twilio

/// A tool whose work shows when it is done twice.
struct SimulatedTool: ClientTool {
    static let toolName = "book_slot"

    private static let slowFrom: Duration = .milliseconds(3_700)

    let name = Self.toolName
    unowned let house: SimulatedHouse
    let life: Int

    /// All tools of a house.
    static func shelf(_ house: SimulatedHouse, life: Int) -> [any ClientTool] {
        ToolShelf.telephone + [SimulatedTool(house: house, life: life)]
    }

    func run(_ arguments: ToolArguments, for call: Call) async throws(ToolFault) -> String {
        let slot = try arguments.text("slot", bytesMax: 8)
        let takes = house.dice.milliseconds(0...4_000)
        // Some desks answer when nobody waits for it any more.
        let isSlow = takes > Self.slowFrom
        let fails = house.dice.chance(0.1 + house.plan.trouble * 0.2)
        await house.loop.pause(for: isSlow ? takes * 4 : takes)
        // What a process does not live to do is not done.
        guard house.daemon.life == life else { throw ToolFault("nobody hears this") }
        if fails { throw ToolFault("The desk is closed.") }
        house.bookings.done(slot, for: call.ticket.call, house)
        return "Booked."
    }
}

/// What was booked in a house, and how often.
struct Bookings: Sendable {
    private struct Book {
        var counts: [String: Int] = [:]
        var newest: Duration = .zero
    }

    private var books: [CallSID: Book] = [:]

    /// A slot is booked for a call: once is enough.
    mutating func done(_ slot: String, for call: CallSID, _ house: SimulatedHouse) {
        books[call, default: Book()].counts[slot, default: 0] += 1
        books[call]?.newest = house.loop.now
        if books[call]?.counts[slot] ?? 0 > 1 {
            house.diary.violated(
                "\(call.text.suffix(4)): booked twice: \(slot)", at: house.loop.now)
        }
    }

    /// The slot that was booked for a call, if any is known to be.
    func slot(of call: CallSID) -> String? { books[call]?.counts.keys.min() }

    /// A process died; what it had just done, or had not written down, nobody knows.
    mutating func processDied(of call: CallSID, isTorn: Bool, at now: Duration) {
        if isTorn || books[call]?.newest == now { books[call] = nil }
    }
}
