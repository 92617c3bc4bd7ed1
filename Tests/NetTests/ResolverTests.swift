import TestThreads
import Testing

@testable import Net

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct ResolverTests {
    private static func ask(
        _ resolver: Resolver, _ host: String, _ loop: EventLoop
    ) async -> Resolver.Answer {
        await withCheckedContinuation { continuation in
            resolver.lookUp(host, port: 7, on: loop) { continuation.resume(returning: $0) }
        }
    }

    private static let here = [SocketAddress(digits: "192.0.2.1", port: 0)].compactMap { $0 }

    @Test func `digits are no question`() async throws {
        let pool = LoopPool(count: 1)
        let resolver = Resolver { _, _, _ in Issue.record("asked") }
        let four = try await Self.ask(resolver, "127.0.0.1", pool.loops[0]).get()
        #expect(four.map(\.host) == ["127.0.0.1"] && four.map(\.port) == [7])
        let six = try await Self.ask(resolver, "::1", pool.loops[0]).get()
        #expect(six.map(\.host) == ["::1"])
        pool.stop()
    }

    @Test func `the system knows this machine`() async throws {
        let pool = LoopPool(count: 1)
        let found = try await Self.ask(Resolver(), "localhost", pool.loops[0]).get()
        #expect(found.contains { ["127.0.0.1", "::1"].contains($0.host) && $0.port == 7 })
        pool.stop()
    }

    @Test func `the system is asked about names that cannot be, and says so`() async {
        let pool = LoopPool(count: 1)
        let name = String(repeating: "a", count: 300)
        let answer = await Self.ask(Resolver(), name, pool.loops[0])
        #expect(throws: Resolver.Failure.self) { try answer.get() }
        pool.stop()
    }

    @Test func `many who ask at once are one question, and later ones none`() async throws {
        let pool = LoopPool(count: 2)
        let asked = Guarded(0)
        let gate = AsyncStream<@Sendable (Resolver.Answer) -> Void>.makeStream()
        let resolver = Resolver { _, _, found in
            asked.withLock { $0 += 1 }
            gate.continuation.yield(found)
        }
        async let first = Self.ask(resolver, "a.example", pool.loops[0])
        for await found in gate.stream {
            async let second = Self.ask(resolver, "a.example", pool.loops[1])
            async let third = Self.ask(resolver, "a.example", pool.loops[0])
            // On its own loop, as a query answers.
            await onLoop(pool.loops[0]) { found(.success(Self.here)) }
            #expect(try await second.get().map(\.host) == ["192.0.2.1"])
            #expect(try await third.get().map(\.host) == ["192.0.2.1"])
            break
        }
        #expect(try await first.get().map(\.host) == ["192.0.2.1"])
        #expect(try await Self.ask(resolver, "a.example", pool.loops[1]).get().count == 1)
        #expect(asked.withLock { $0 } == 1)
        pool.stop()
    }

    @Test func `an old answer stands in when the name server fails`() async throws {
        let pool = LoopPool(count: 1)
        let answers = Guarded<[Resolver.Answer]>([
            .success(Self.here), .failure(.init(reason: "no answer")),
        ])
        let resolver = Resolver(freshFor: .zero) { _, _, found in
            found(answers.withLock { $0.removeFirst() })
        }
        #expect(try await Self.ask(resolver, "a.example", pool.loops[0]).get().count == 1)
        #expect(try await Self.ask(resolver, "a.example", pool.loops[0]).get().count == 1)
        #expect(answers.withLock { $0.isEmpty })
        pool.stop()
    }

    @Test func `a failure is not kept`() async throws {
        let pool = LoopPool(count: 1)
        let answers = Guarded<[Resolver.Answer]>([
            .failure(.init(reason: "no answer")), .success(Self.here),
        ])
        let resolver = Resolver { _, _, found in found(answers.withLock { $0.removeFirst() }) }
        let first = await Self.ask(resolver, "a.example", pool.loops[0])
        #expect(throws: Resolver.Failure.self) { try first.get() }
        #expect(try await Self.ask(resolver, "a.example", pool.loops[0]).get().count == 1)
        pool.stop()
    }
}
