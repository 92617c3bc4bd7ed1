// libFuzzer entry for addresses; run.sh builds and runs it.
//
// An address reads the same from its own text, and a request written for it is one that our
// reader takes with the same target.

import Wire

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzWebAddress(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
    guard let address = try? WebAddress(text) else { return 0 }
    precondition((try? WebAddress(address.text)) == address, "an address reads otherwise")
    precondition(address.with(scheme: "wss").isSecure)
    let request = HTTPRequest(method: "GET", target: address.target)
    guard address.target.utf8.count < 4096,
        let bytes = try? HTTPWriter.request(request, host: address.authority)
    else {
        precondition(address.target.utf8.count >= 4096, "an address cannot be asked for")
        return 0
    }
    var reader = HTTPReader(role: .requests)
    var target: String?
    bytes.withUnsafeBytes {
        reader.receive($0) { event in
            if case .request(let request, _) = event { target = request.target }
            return true
        }
    }
    precondition(target == address.target, "our reader refuses our writer")
    return 0
}
