import Glibc
import Simulators
import Testing

struct ProcessUsageTests {
    @Test func `a name with blanks and brackets does not shift the fields`() {
        let tail = "S 1 2 3 4 5 6 7 8 9 10 41 59 13 14 15 16 17 18 19 20 777 22"
        for name in ["(bridge)", "(a b)", "(a) R (b)", "())"] {
            let found = ProcessText.stat("42 \(name) \(tail)")
            #expect(found?.ticks == 100)
            #expect(found?.residentPages == 777)
        }
    }

    @Test func `lines of another shape tell nothing`() {
        #expect(ProcessText.stat("") == nil)
        #expect(ProcessText.stat("42 (bridge) S 1 2") == nil)
        #expect(ProcessText.stat("42 bridge S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16") == nil)
        #expect(ProcessText.schedstat("") == nil)
        #expect(ProcessText.schedstat("1 x 2") == nil)
    }

    @Test func `a thread's line holds nanoseconds run and waited`() {
        let found = ProcessText.schedstat("121299 4052811 2\n")
        #expect(found?.ran == .nanoseconds(121_299))
        #expect(found?.waited == .nanoseconds(4_052_811))
    }

    @Test func `this process has run, has memory and a thread`() throws {
        let usage = try #require(ProcessUsage(of: getpid()))
        #expect(usage.cpu > .zero)
        #expect(usage.residentBytes > 1 << 20)
        #expect(usage.threads >= 1)
    }

    @Test func `a process that is not there has no usage`() {
        #expect(ProcessUsage(of: 0) == nil)
    }

    @Test func `usage since a moment is a difference of times, not of memory`() {
        var before = ProcessUsage()
        before.cpu = .seconds(1)
        before.waited = .seconds(2)
        before.residentBytes = 5
        var after = before
        after.cpu = .seconds(4)
        after.residentBytes = 7
        let since = after.since(before)
        #expect(since.cpu == .seconds(3))
        #expect(since.waited == .zero)
        #expect(since.residentBytes == 7)
    }
}
