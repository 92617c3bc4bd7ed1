import Calls
import Wire

// libFuzzer entry for memories of calls, which lie in files. Whatever the bytes are: no crash, and
// what was taken reads the same once more when it is written again.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzCallMemory(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: count)
    guard let json = try? JSON(parsing: bytes), let memory = try? CallMemory(json) else {
        return 0
    }
    guard let again = try? CallMemory(JSON(parsing: memory.json.bytes)) else {
        preconditionFailure("written, and not read again")
    }
    precondition(again.json == memory.json)
    return 0
}
