import Synchronization
package import Wire

/// Opens what API keys guard: compares in constant time, and not as often as anybody likes.
///
///     too many wrong keys from there? ─▶ 429      no key ─▶ 401      wrong key ─▶ 403, remembered
///     right key ─▶ too many requests with it, or from there? ─▶ 429
package final class KeyGuard: Sendable {
    /// Wrong keys from one client: enough for a slip of the hand, too few to guess with.
    package static let wrongKeys = AllowedRate(burst: 10, every: .seconds(6))
    /// Requests with one key, and from one client: far above any operator, far below a flood.
    package static let requests = AllowedRate(burst: 60, every: .milliseconds(200))

    private struct State {
        var wrong = TokenBuckets(KeyGuard.wrongKeys)
        var asked = TokenBuckets(KeyGuard.requests)
    }

    private let keys: [SecretText]
    private let state = Mutex(State())

    /// Without keys nobody gets in.
    package init(_ keys: [SecretText]) { self.keys = keys }

    /// True when nobody can get in.
    var isShut: Bool { keys.isEmpty }

    /// Lets a request pass or throws 401, 403 or 429.
    func check(_ exchange: Exchange) throws(Problem) {
        let (client, now) = (Self.household(exchange.client), exchange.loop.now)
        let shut = state.withLock { $0.wrong.wait(client, at: now) }
        guard shut == .zero else {
            throw .tooMany("too many wrong keys came from your address", retryAfter: shut)
        }
        let given = exchange.request.fields.values("X-API-Key")
        guard let key = given.first, given.count == 1 else {
            throw Problem(
                401, "Unauthorized",
                given.isEmpty ? "X-API-Key is missing" : "X-API-Key is there more than once")
        }
        guard let place = place(of: key) else {
            state.withLock { $0.wrong.take(client, at: now) }
            throw .forbidden("X-API-Key is unknown")
        }
        let wait = state.withLock { state in
            let waits = ["key \(place)", client].map {
                state.asked.takeIfAllowed($0, at: now)
            }
            return waits.max() ?? .zero
        }
        guard wait == .zero else {
            throw .tooMany("too many requests with this key or from here", retryAfter: wait)
        }
    }

    /// Which key it is. Every one is compared, so that the time taken does not tell which is near.
    private func place(of given: String) -> Int? {
        var found: Int?
        for (place, key) in keys.enumerated() where Secret.same(key.revealed, given) {
            found = place
        }
        return found
    }

    /// Whoever has one IPv6 address has all of its network of 64 bits.
    static func household(_ client: String) -> String {
        guard client.utf8.contains(UInt8(ascii: ":")), !client.hasPrefix("::ffff:") else {
            return client
        }
        let groups = client.split(separator: ":", omittingEmptySubsequences: false)
        let network = groups.prefix(4).prefix { !$0.isEmpty }
        return network.joined(separator: ":") + "::/64"
    }
}

extension Problem {
    /// 429 with the whole seconds after which it is worth asking again.
    static func tooMany(_ detail: String, retryAfter wait: Duration) -> Problem {
        Problem(429, "Too many requests", detail, fields: ["Retry-After": seconds(wait)])
    }

    /// 503 with the whole seconds after which it is worth asking again.
    static func unavailable(_ detail: String, retryAfter wait: Duration) -> Problem {
        Problem(503, "Unavailable", detail, fields: ["Retry-After": seconds(wait)])
    }

    private static func seconds(_ wait: Duration) -> String {
        let seconds = wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0)
        return "\(max(seconds, 1))"
    }
}
