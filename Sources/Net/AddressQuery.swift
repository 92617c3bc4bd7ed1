import CUV
import Glibc

/// One question to the system's resolver (uv_getaddrinfo).
final class AddressQuery: LoopResident {
    private let loop: EventLoop
    private var done: (@Sendable (Resolver.Answer) -> Void)?

    private init(_ loop: EventLoop, _ done: @escaping @Sendable (Resolver.Answer) -> Void) {
        self.loop = loop
        self.done = done
    }

    /// Asks for a name's stream addresses; `done` is called once, on the loop's thread.
    static func start(
        _ host: String, on loop: EventLoop, _ done: @escaping @Sendable (Resolver.Answer) -> Void
    ) {
        let query = AddressQuery(loop, done)
        guard let uv = loop.uv else { return query.answer(.failure(.init(reason: "stopped"))) }
        loop.add(query)
        var hints = addrinfo()
        hints.ai_socktype = cuv_stream
        // Only families that this machine can reach.
        hints.ai_flags = AI_ADDRCONFIG
        let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
        request.pointee.data = Unmanaged.passRetained(query).toOpaque()
        let status = uv_getaddrinfo(
            uv, request,
            { request, status, found in
                guard let request else { return }
                let query = Unmanaged<AddressQuery>.fromOpaque(request.pointee.data)
                    .takeRetainedValue()
                query.answer(status == 0 ? AddressQuery.read(found) : AddressQuery.failure(status))
                uv_freeaddrinfo(found)
                request.deallocate()
            }, host, nil, &hints)
        guard status != 0 else { return }
        Unmanaged.passUnretained(query).release()
        request.deallocate()
        query.answer(failure(status))
    }

    /// The worker thread cannot be called back; whoever waits is told at once.
    func loopStops() { answer(.failure(.init(reason: "the loop has ended"))) }

    private func answer(_ answer: Resolver.Answer) {
        loop.remove(self)
        done?(answer)
        done = nil
    }

    private static func read(_ found: UnsafeMutablePointer<addrinfo>?) -> Resolver.Answer {
        var addresses: [SocketAddress] = []
        var next = found
        while let info = next?.pointee {
            if let address = info.ai_addr {
                addresses.append(SocketAddress(address, length: info.ai_addrlen))
            }
            next = info.ai_next
        }
        return addresses.isEmpty
            ? .failure(.init(reason: "the name has no address")) : .success(addresses)
    }

    private static func failure(_ status: Int32) -> Resolver.Answer {
        .failure(.init(reason: String(cString: uv_strerror(status))))
    }
}
