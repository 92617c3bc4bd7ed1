import Switchboard
import Testing
import Twilio

/// What is decided for a call.
struct CallPlanTests {
    @Test func `a plan without a rung apologizes`() {
        #expect(CallPlan(rungs: []).rungs == [.apology])
    }

    @Test func `without a place the rungs that need none are left`() {
        let human = Rung.human(PhoneNumber("+15550109"))
        let plan = CallPlan(rungs: [.agent("a"), .handOff("a"), .queue, human, .apology])
        #expect(plan.whenFull?.rungs == [.handOff("a"), human, .apology])
        #expect(CallPlan(rungs: [.agent("a"), .queue, .apology]).whenFull == nil)
    }

    @Test func `a number of a German-speaking country is answered in German`() {
        for number in ["+493023125000", "+43155501", "+41445550100"] {
            #expect(Language(spokenAt: PhoneNumber(number)) == .german, "\(number)")
        }
    }

    @Test func `every other number is answered in English`() {
        for number in ["+15550100", "+420255501", "+442079460", "client:anna", "anonymous", ""] {
            #expect(Language(spokenAt: PhoneNumber(number)) == .english, "\(number)")
        }
    }

    @Test func `an agent that is tried is told something under every name it may know`() {
        var table = RoutingTable()
        var clara = RoutingAgent()
        clara.variables = ["tone": "calm"]
        table.agents = ["clara": clara, "sales": RoutingAgent()]
        for (number, practice) in [("+15550101", "north"), ("+15550102", "south")] {
            var entry = RoutingEntry()
            entry.ladder = [.agent("clara"), .apology]
            entry.variables = ["practice": practice, "tone": "loud"]
            table.numbers[PhoneNumber(number)] = entry
        }
        var closed = RoutingEntry()
        closed.ladderClosed = [.handOff("clara")]
        closed.variables = ["hours": "closed"]
        table.numbers[PhoneNumber("+15550103")] = closed
        #expect(
            table.variables(ofAgent: "clara")
                == ["tone": "calm", "practice": "north", "hours": "closed"])
        #expect(table.variables(ofAgent: "sales").isEmpty)
    }
}
