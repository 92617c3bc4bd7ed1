// libFuzzer entry for the WebSocket handshake; run.sh builds and runs it.
//
// The input is lines: a method, then fields "name:value". Neither side may crash, what the server
// grants the client must take, and a refusal is one of the two that there are.

import Wire

/// The handshake's fields by a letter, so that the fuzzer need not find their names.
private let names: [UInt8: String] = [
    0x75: "Upgrade", 0x63: "Connection", 0x68: "Host", 0x6B: "Sec-WebSocket-Key",
    0x76: "Sec-WebSocket-Version", 0x70: "Sec-WebSocket-Protocol", 0x61: "Sec-WebSocket-Accept",
    0x65: "Sec-WebSocket-Extensions",
]

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzHandshake(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let lines = UnsafeBufferPointer(start: data, count: count).split(
        separator: 0x0A, omittingEmptySubsequences: false)
    var fields = HTTPFields()
    for line in lines.dropFirst() {
        let parts = line.split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let letter = parts[0].first else { continue }
        let name = names[letter] ?? String(decoding: parts[0], as: UTF8.self)
        fields.append(name, String(decoding: parts[1], as: UTF8.self))
    }
    let method = lines.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let request = HTTPRequest(method: method, target: "/", fields: fields)
    switch WebSocketHandshake.check(request, minorVersion: 1) {
    case .refuse(let response):
        precondition(response.status == 400 || response.status == 426)
    case .offer(let offer):
        for wish in [nil, offer.subprotocols.first, "never asked"] {
            let response = offer.response(subprotocol: wish)
            let isAsked = wish.map(offer.subprotocols.contains) ?? false
            do {
                let chosen = try WebSocketHandshake.checkResponse(
                    response, key: offer.key, subprotocols: offer.subprotocols)
                precondition(chosen == (isAsked ? wish : nil))
            } catch {
                preconditionFailure("our client refuses our server")
            }
        }
    }
    let response = HTTPResponse(status: 101, fields: fields)
    _ = try? WebSocketHandshake.checkResponse(
        response, key: fields["Sec-WebSocket-Key"] ?? "", subprotocols: ["a"])
    return 0
}
