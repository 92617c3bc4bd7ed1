// Any bytes as a trace: read or refused; what was read, written and read again is the same, and a
// call that is run from it says what differs and harms nothing.

import Calls
import Traces

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    // Half the inputs begin right, so that the records are reached as well.
    let file = count % 2 == 0 ? TraceWriter.beginning + input : input
    guard let records = try? TraceReader.read(file) else { return 0 }
    var writer = TraceWriter()
    for record in records { writer.append(record) }
    guard let again = try? TraceReader.read(writer.bytes) else {
        preconditionFailure("what we write we cannot read")
    }
    precondition(again == records)
    guard let replay = try? TraceReplay(records, announcements: AnnouncementShelf()) else {
        return 0
    }
    _ = replay.run()
    return 0
}
