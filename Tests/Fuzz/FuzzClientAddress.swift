// Any bytes as what proxies say about a client: the address is the peer's, or one that was said and
// is an address; and only what trusted proxies say counts.

import Front
import Glibc
import Wire

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzClientAddress(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let value = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
    let peer = "192.0.2.1"
    var request = HTTPRequest(
        method: "GET", target: "/", fields: ["X-Forwarded-For": value])
    request.peer = peer
    precondition(ClientAddress.peerAlone.of(request) == peer)
    for trusted in [[peer], [peer, "192.0.2.2", "2001:db8::2"]] {
        let client = ClientAddress { trusted.contains($0) }.of(request)
        var bytes = in6_addr()
        precondition(
            client == peer
                || value.contains(client)
                    && [AF_INET, AF_INET6].contains { inet_pton($0, client, &bytes) == 1 }
        )
    }
    return 0
}
