import CUV
import Glibc
import Instruments

/// Names → addresses, by libuv's worker threads; never on a loop's own.
///
///     lookUp ─▶ digits? ─▶ fresh in the cache? ─▶ asked already? ─▶ uv_getaddrinfo ─▶ all who ask
///
/// An answer is used for 30 s. When a later question fails, the old answer is used for some
/// minutes more: a name server's bad moment must not cost a call.
package final class Resolver: Sendable {
    /// Why a name has no address, for people.
    struct Failure: Error, Sendable, Equatable {
        var reason: String
    }

    typealias Answer = Result<[SocketAddress], Failure>
    /// Asks for a name on a loop; the answer is told on that loop.
    typealias Query = @Sendable (String, EventLoop, @escaping @Sendable (Answer) -> Void) -> Void

    /// How long an answer is as good as new.
    private let freshFor: Duration
    /// How long an answer may stand in for one that does not come.
    static let staleFor = Duration.seconds(600)
    /// Names kept; a daemon talks to a handful.
    static let namesMax = 64

    private struct Entry {
        var addresses: [SocketAddress]
        var time: Duration
    }

    private struct State {
        var cache: [String: Entry] = [:]
        var waiting: [String: [@Sendable (Answer) -> Void]] = [:]

        /// Drops the oldest name when the cache is full.
        mutating func makeRoom() {
            guard cache.count >= Resolver.namesMax,
                let oldest = cache.min(by: { $0.value.time < $1.value.time })
            else { return }
            cache.removeValue(forKey: oldest.key)
        }
    }

    private let state = Guarded(State())
    private let query: Query

    /// A resolver that asks the system (getaddrinfo).
    package convenience init() { self.init(query: AddressQuery.start) }

    init(freshFor: Duration = .seconds(30), query: @escaping Query) {
        self.freshFor = freshFor
        self.query = query
    }

    /// Finds the addresses of a host, at `port`; calls `found` on the loop, later.
    func lookUp(
        _ host: String, port: UInt16, on loop: EventLoop,
        _ found: @escaping @Sendable (Answer) -> Void
    ) {
        let answer: @Sendable (Answer) -> Void = { result in
            loop.run { found(result.map { $0.map { $0.with(port: port) } }) }
        }
        if let address = SocketAddress(digits: host, port: port) {
            return answer(.success([address]))
        }
        let now = loop.now
        let known: [SocketAddress]? = state.withLock { state in
            if let entry = state.cache[host], now - entry.time < freshFor {
                return entry.addresses
            }
            // The first to ask starts the query; all others wait with it.
            if state.waiting[host] != nil {
                state.waiting[host]?.append(answer)
                return []
            }
            state.waiting[host] = [answer]
            return nil
        }
        if let known {
            if !known.isEmpty { answer(.success(known)) }
            return
        }
        loop.run { [self] in
            query(host, loop) { [self] in answered(host, $0, at: loop.now) }
        }
    }

    private func answered(_ host: String, _ answer: Answer, at now: Duration) {
        let (result, waiting) = state.withLock { state in
            var result = answer
            switch answer {
            case .success(let addresses):
                state.makeRoom()
                state.cache[host] = Entry(addresses: addresses, time: now)
            case .failure:
                if let old = state.cache[host], now - old.time < Self.staleFor {
                    result = .success(old.addresses)
                }
            }
            return (result, state.waiting.removeValue(forKey: host) ?? [])
        }
        for each in waiting { each(result) }
    }
}
