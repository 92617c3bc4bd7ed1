// Any bytes as what an operator asks, here or on the control socket: a path is served or refused, an
// order is taken within its limits or refused with a sentence.

import Calls
import Front
import Net
import Wire

private let router = Router(
    ["/", "/calls", "/calls/{id}", "/api/calls/{call_sid}/{action}"].map { pattern in
        Route("GET", pattern, .open) { exchange throws(Problem) in
            .respond(HTTPResponse(status: 204))
        }
    }, instance: "blue")

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOperator(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: data, count: count)
    let path = String(decoding: input, as: UTF8.self)
    for target in ["/" + path, "/calls/" + path, "/instance/blue/calls/" + path] {
        if let found = try? router.find(HTTPRequest(method: "GET", target: target)) {
            precondition(found.1.values.allSatisfy { !$0.isEmpty })
        }
    }
    guard let body = try? JSONBody(parsing: Array(input)) else { return 0 }
    for action in ["transfer", "say", "dtmf", "context", "dance"] {
        do throws(Problem) { _ = try Order(action, body) } catch {
            precondition((400...499).contains(error.status) && !error.detail.isEmpty)
        }
    }
    return 0
}
