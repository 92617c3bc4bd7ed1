package import Instruments
package import Net
import Synchronization

/// Plays Twilio for any number of calls: rings numbers, runs TwiML, streams media, and answers
/// the REST calls that steer them.
///
///     ring(order) ─▶ PhoneCall ─▶ PhonePost (signed webhooks)
///                        └──────▶ PhoneStream (media socket)
///     serve ─▶ PhoneDesk (REST) ─▶ PhoneShelf ─▶ PhoneCall.apply
package final class PhoneSimulator: Sendable {
    private let wires: [PhoneWires]
    private let turn = Atomic<Int>(0)
    private let log: Log
    private let loops: LoopPool
    private let server = Mutex<HTTPServer?>(nil)
    let shelf = PhoneShelf()

    /// A simulator on these loops that trusts the authorities of one more file.
    package init(loops: LoopPool, extraCAFile: String? = nil, log: Log) throws(TLSError) {
        self.loops = loops
        self.log = log
        let tls = try TLSContext.client(extraCAFile: extraCAFile)
        let dialer = WebSocketDialer(tls: tls, resolver: Resolver())
        wires = loops.loops.map { loop in
            PhoneWires(
                loop: loop, dialer: dialer,
                client: HTTPClient(loop: loop, extraCAFile: extraCAFile, log: log))
        }
    }

    /// Makes one inbound call and lives it to its end.
    package func ring(_ order: PhoneOrder) async -> PhoneResult {
        let call = PhoneCall(order, over: nextWires()) { [shelf] in shelf.note($0) }
        shelf.add(call)
        let result = await call.ring()
        shelf.finish(result)
        return result
    }

    /// Makes `count` calls, `rate` of them a second, and tells each result as it comes.
    package func ring(
        _ order: PhoneOrder, count: Int, rate: Double,
        _ told: @escaping @Sendable (Int, PhoneResult) -> Void
    ) async {
        let loop = loops.loops[0]
        let began = loop.time.now
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                let due = began + .microseconds(Int64(Double(index) / rate * 1_000_000))
                if due > loop.time.now { await loop.pause(for: due - loop.time.now) }
                var one = order
                one.seed = order.seed &+ UInt64(index)
                one.caller.seed = one.seed
                let this = one
                group.addTask { [self] in told(index, await ring(this)) }
            }
        }
    }

    /// Serves Twilio's REST calls for an account; returns the address as bound.
    @discardableResult
    package func serve(
        _ account: PhoneAccount, at address: ListenAddress, tls: TLSContext? = nil
    ) async throws(ListenError) -> ListenAddress {
        let desk = PhoneDesk(account: account, simulator: self)
        let server = HTTPServer(loops: loops, log: log, handler: desk)
        let bound = try await server.listen(address, tls: tls)
        self.server.withLock { $0 = server }
        return bound
    }

    /// Ends every call and serves no more.
    package func stop() async {
        await server.withLock { $0.take() }?.close()
        for call in shelf.living { call.apply(.hangUp) }
        for _ in 0..<Self.farewellSteps where !shelf.living.isEmpty {
            await loops.loops[0].pause(for: .milliseconds(20))
        }
    }

    /// Two seconds for calls to say goodbye.
    private static let farewellSteps = 100

    /// Begins a call that REST placed; it goes on by itself.
    func place(_ order: PhoneOrder, _ outbound: PhoneOutbound) -> PhoneResult {
        let wires = nextWires()
        let call = PhoneCall(order, outbound: outbound, over: wires) { [shelf] in shelf.note($0) }
        let queued = call.result
        shelf.add(call)
        Task(executorPreference: wires.loop.tasks) { [shelf] in shelf.finish(await call.ring()) }
        return queued
    }

    private func nextWires() -> PhoneWires {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return wires[Int(number.magnitude % UInt(wires.count))]
    }
}

/// What calls of one loop share.
struct PhoneWires: Sendable {
    let loop: EventLoop
    let dialer: WebSocketDialer
    let client: HTTPClient
}
