import Testing
import Wire

@testable import Net

@Suite(.timeLimit(.minutes(1)))
struct WebSocketTests {
    @Test func `what is said comes back`() async throws {
        let house = try House(Answers.echo())
        let ear = try await house.dial(try await house.open())
        #expect(await ear.say("hello"))
        #expect(await ear.next() == .text("hello"))
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(await ear.say(bytes))
        #expect(await ear.next() == .binary(bytes))
        await ear.act { $0.ping() }
        #expect(await ear.next() == .ponged)
    }
}
