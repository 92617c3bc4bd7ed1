import Front
import Wire

// libFuzzer entry for records of promised calls, which lie in files. Whatever the bytes are: no crash,
// and what was taken reads the same once more when it is written again.

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOutboundRecord(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: count)
    guard let json = try? JSON(parsing: bytes), let record = OutboundRecord(json) else { return 0 }
    guard let written = try? JSON(parsing: record.json.bytes) else {
        preconditionFailure("written, and not read again")
    }
    precondition(OutboundRecord(written) == record)
    return 0
}
