// libFuzzer entry for the HTTP reader; run.sh builds and runs it.
//
// The first byte chooses the role and where the bytes are cut. A reader that gets all at once and
// one that gets two pieces and pauses after each event must say the same.

import Wire

private struct Trace: Equatable {
    private var said: [String] = []
    private var body: [UInt8] = []

    mutating func add(_ event: HTTPReader.Event) {
        switch event {
        case .body(let bytes):
            body += bytes
            return
        case .request(let request, let framing): said.append("\(request) \(framing)")
        case .response(let response, let framing): said.append("\(response) \(framing)")
        case .end: said.append("end \(body)")
        case .failure(let failure): said.append("failure \(failure) \(body)")
        }
        body = []
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzHTTPReader(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: data, count: count)
    guard let first = input.first else { return 0 }
    let bytes = UnsafeRawBufferPointer(rebasing: input[1...])
    let role: HTTPReader.Role = first & 1 == 0 ? .requests : .response
    var limits = HTTPLimits()
    limits.bodyBytesMax = 64
    limits.headBytesMax = 512
    var whole = HTTPReader(role: role, limits: limits)
    var heard = Trace()
    let listen = { (event: HTTPReader.Event) in
        heard.add(event)
        return true
    }
    whole.receive(bytes, listen)

    var pausing = HTTPReader(role: role, limits: limits)
    var again = Trace()
    var isPaused = false
    let pause = { (event: HTTPReader.Event) in
        again.add(event)
        isPaused = true
        return false
    }
    let cut = Int(first >> 2) * bytes.count / 63
    for piece in [bytes[..<cut], bytes[cut...]] {
        pausing.receive(UnsafeRawBufferPointer(rebasing: piece), pause)
        while isPaused {
            isPaused = false
            pausing.resume(pause)
        }
    }
    precondition(heard == again, "a cut changes what is read")
    return 0
}
