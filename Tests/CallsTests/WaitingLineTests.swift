import Testing
import Twilio

@testable import Calls

/// Who has a place next.
@Suite struct WaitingLineTests {
    private static let practice = PhoneNumber("+15550100002")
    private static let other = PhoneNumber("+15550100003")

    private static func call(_ number: Int) throws -> CallSID {
        let digits = String(number, radix: 16)
        return try #require(
            CallSID("CA" + String(repeating: "0", count: 32 - digits.count) + digits))
    }

    private static func line(
        _ callers: [(Int, PhoneNumber, since: Int)], max: Int? = nil, at now: Int = 100
    ) throws -> WaitingLine {
        var line = WaitingLine()
        for (number, to, since) in callers {
            _ = line.wait(
                try call(number), to: to, numberMax: max, since: .seconds(since),
                at: .seconds(now))
        }
        return line
    }

    @Test func `they stand in the order of their waiting, not of their asking`() throws {
        let line = try Self.line([
            (1, Self.practice, 30), (2, Self.practice, 10), (3, Self.other, 20),
        ])
        #expect(try line.callers.map(\.call) == [2, 3, 1].map(Self.call))
    }

    @Test func `every one in line has its place kept`() throws {
        let line = try Self.line([(1, Self.practice, 10), (2, Self.practice, 20)])
        let now = Duration.seconds(100)
        for (free, first, second, newcomer) in [
            (0, false, false, false), (1, true, false, false), (2, true, true, false),
            (3, true, true, true),
        ] {
            let places = Places(free: free, taken: [:])
            func has(_ number: Int, _ since: Duration) throws -> Bool {
                line.left(of: places, before: try Self.call(number), since: since)
                    .limit(for: Self.practice, max: nil) == nil
            }
            #expect(try has(1, .seconds(10)) == first)
            #expect(try has(2, .seconds(20)) == second)
            #expect(try has(9, now) == newcomer)
        }
    }

    @Test func `two who came in the same moment do not wait for each other`() throws {
        let line = try Self.line([(1, Self.practice, 10), (2, Self.practice, 10)])
        let places = Places(free: 1, taken: [:])
        let has = try [1, 2].map {
            line.left(of: places, before: try Self.call($0), since: .seconds(10)).free > 0
        }
        #expect(has == [true, false])
    }

    @Test func `who waits for a full number keeps nobody from another`() throws {
        let line = try Self.line([(1, Self.practice, 10)], max: 2)
        let places = Places(free: 1, taken: [Self.practice: 2])
        let left = line.left(of: places, before: try Self.call(2), since: .seconds(50))
        #expect(left.limit(for: Self.other, max: 2) == nil)
        #expect(left.limit(for: Self.practice, max: 2) == .number)
    }

    @Test func `whoever asks no more is forgotten, and all when the clock was set back`() throws {
        var line = try Self.line([(1, Self.practice, 10)])
        line.forget(at: .seconds(100) + WaitingLine.patience - .seconds(1))
        #expect(line.callers.count == 1)
        line.forget(at: .seconds(100) + WaitingLine.patience)
        #expect(line.callers.isEmpty)
        line = try Self.line([(1, Self.practice, 10)])
        line.forget(at: .seconds(99))
        #expect(line.callers.isEmpty)
    }

    @Test func `the line and the wait have an end`() throws {
        let full = try Self.line(
            (1...WaitingLine.callersMax).map { ($0, Self.practice, since: 10) })
        var line = full
        #expect(
            line.wait(
                try Self.call(999), to: nil, numberMax: nil, since: .seconds(5), at: .seconds(100))
                == nil)
        #expect(line == full)
        // Who is in it stays, though it is full; for as long as anybody waits.
        let last = Duration.seconds(10) + WaitingLine.waitMax
        let first = try Self.call(1)
        #expect(
            line.wait(first, to: nil, numberMax: nil, since: last, at: last - .seconds(1)) == 0)
        #expect(line.wait(first, to: nil, numberMax: nil, since: last, at: last) == nil)
        #expect(line.callers.count == WaitingLine.callersMax - 1)
    }

    @Test func `a time to come is now`() throws {
        let line = try Self.line([(1, Self.practice, 900)], at: 100)
        #expect(line.callers.first?.since == .seconds(100))
    }
}
