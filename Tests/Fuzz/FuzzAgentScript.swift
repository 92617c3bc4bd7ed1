// Any bytes as a script of agentsim's: read, or refused with a line that exists.

import Simulators

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzAgentScript(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
    do throws(AgentScriptError) { _ = try AgentScriptReader.read(text) } catch {
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        precondition((1...lines).contains(error.line))
    }
    return 0
}
