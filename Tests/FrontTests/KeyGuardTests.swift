import Instruments
import Testing
import Twilio
import Wire

@testable import Front

/// API keys, how often they may be tried, and whose requests those are.
@Suite struct KeyGuardTests {
    private static let path = "/api/calls/CA00000000000000000000000000000001/end"

    @Test func `no key is 401, a wrong one 403, a right one passes`() async throws {
        let house = try FrontHouse()
        #expect(await house.ask(Self.path, [:], key: nil).status == 401)
        #expect(await house.ask(Self.path, [:], key: "").status == 403)
        #expect(await house.ask(Self.path, [:], key: "key_test_3").status == 403)
        #expect(await house.ask(Self.path, [:], key: "key_test_2").status == 404)
        let local = await house.ask(Self.path, [:], key: nil, peer: "127.0.0.1")
        #expect(local.status == 401)
        let shut = try FrontHouse(apiKeys: [])
        #expect(await shut.ask(Self.path, [:], key: "").status == 403)
    }

    @Test func `two keys are none`() async throws {
        var fields: HTTPFields = [:]
        fields.append("x-api-key", "key_test_1")
        fields.append("X-API-Key", "key_test_1")
        var request = HTTPRequest(method: "POST", target: Self.path, fields: fields)
        request.peer = "192.0.2.7"
        #expect(await (try FrontHouse()).answer(request).status == 401)
    }

    @Test func `whoever guesses is shut out, and nobody else`() async throws {
        let house = try FrontHouse()
        var statuses: [Int] = []
        for _ in 0..<12 {
            statuses.append(await house.ask(Self.path, [:], key: "guess").status)
        }
        #expect(statuses == Array(repeating: 403, count: 10) + [429, 429])
        let right = await house.ask(Self.path, [:])
        #expect(right.status == 429)
        #expect(
            right.fields["Retry-After"].flatMap { Int($0) }.map { (1...6).contains($0) } == true)
        #expect(right.fields["Content-Type"] == "application/problem+json")
        #expect(await house.ask(Self.path, [:], peer: "192.0.2.8").status == 404)
    }

    @Test func `one key asks only so often`() async throws {
        let house = try FrontHouse()
        // One more is allowed every 200 ms: asked on the loop that answers, they come within that.
        let statuses = await withTaskExecutorPreference(house.loops.loops[0]) {
            var statuses: [Int] = []
            for number in 0..<80 {
                statuses.append(
                    await house.ask(Self.path, [:], peer: "192.0.2.\(number)").status)
            }
            return statuses
        }
        #expect(statuses.prefix(60).allSatisfy { $0 == 404 })
        #expect(statuses.contains(429))
        #expect(
            await house.ask(Self.path, [:], key: "key_test_2", peer: "192.0.2.99").status == 404)
    }

    @Test func `a bucket gives its burst, then one every while`() {
        let rate = AllowedRate(burst: 3, every: .seconds(2))
        var bucket = TokenBucket()
        for _ in 0..<3 {
            #expect(bucket.wait(rate, at: .seconds(100)) == .zero)
            bucket.take(rate, at: .seconds(100))
        }
        #expect(bucket.wait(rate, at: .seconds(100)) == .seconds(2))
        #expect(bucket.wait(rate, at: .seconds(101)) == .seconds(1))
        #expect(bucket.wait(rate, at: .seconds(102)) == .zero)
        bucket.take(rate, at: .seconds(102))
        #expect(bucket.wait(rate, at: .seconds(102)) == .seconds(2))
        #expect(bucket.wait(rate, at: .seconds(108)) == .zero)
    }

    @Test func `the table of buckets has an end, and forgets those at rest first`() {
        var buckets = TokenBuckets(AllowedRate(burst: 1, every: .seconds(60)))
        for number in 0..<TokenBuckets.namesMax {
            buckets.take("old \(number)", at: .seconds(number / 4_000))
        }
        for _ in 0..<3 { buckets.take("guesser", at: .seconds(30)) }
        for number in 0..<10_000 { buckets.take("new \(number)", at: .seconds(90)) }
        #expect(buckets.count <= TokenBuckets.namesMax)
        #expect(buckets.wait("guesser", at: .seconds(90)) > .zero)
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "::ffff:192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8::6", "2001:db8::/64"),
        ("unix", "unix"), ("::1", "::/64"),
    ])
    func `whoever has one address of IPv6 has its whole network`(
        _ client: String, _ household: String
    ) {
        #expect(KeyGuard.household(client) == household)
    }

    private static let clients = ClientAddress { ["10.0.0.1", "10.0.0.2", "unix"].contains($0) }

    @Test(arguments: [
        ("192.0.2.9", "203.0.113.5", "192.0.2.9"),
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("unix", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("10.0.0.1", " 10.0.0.2 ,10.0.0.1", "10.0.0.2"),
        ("10.0.0.1", "203.0.113.5, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "203.0.113.5:4711", "203.0.113.5"),
        ("10.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.5,", "10.0.0.1"),
    ])
    func `the client is the last one that no trusted proxy vouches away`(
        _ peer: String, _ forwarded: String, _ client: String
    ) {
        var request = HTTPRequest(
            method: "GET", target: "/", fields: ["X-Forwarded-For": forwarded])
        request.peer = peer
        #expect(Self.clients.of(request) == client)
    }

    @Test func `limits and the log count clients, not their proxy`() async throws {
        let house = try FrontHouse(clients: Self.clients)
        func ask(_ client: String, _ key: String) async -> Int {
            await house.ask(
                Self.path, [:], key: key, peer: "10.0.0.1",
                fields: ["X-Forwarded-For": client]
            ).status
        }
        for _ in 0..<11 { _ = await ask("203.0.113.5", "guess") }
        #expect(await ask("203.0.113.5", "key_test_1") == 429)
        #expect(await ask("203.0.113.6", "key_test_1") == 404)
        let line = try #require(house.sink.lines.first { $0.event == "http.problem" })
        #expect(line.fields.contains(LogField("PEER", "203.0.113.5")))
    }
}
