// Any bytes as TwiML, as phonesim reads it: XML within its limits, then the verbs. Read, or refused
// with a line that exists.

import Simulators

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzTwiML(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = [UInt8](UnsafeBufferPointer(start: data, count: count))
    // Half the inputs are the inside of a response, so that the verbs are reached as well.
    let body =
        count % 2 == 0 ? input : Array("<Response>".utf8) + input + Array("</Response>".utf8)
    _ = try? TwiMLReader.read(body, contentType: "text/xml")
    do throws(XMLError) { _ = try XMLReader.read(body) } catch {
        let lines = body.count { $0 == UInt8(ascii: "\n") } + 1
        precondition((1...lines).contains(error.line))
    }
    return 0
}
