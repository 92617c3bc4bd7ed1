// Any bytes as the page that a dead process left of a stream: refused, or a stream to go on with. A
// daemon that such a page could stop would stop again with every start.

import Glibc
import Net

/// What lies in a page, and where the input's parts go: the head's words, the kernel's note of a read,
/// then what was read, what was to be sent and both snapshots, of which the beginnings are enough.
private enum Layout {
    static let pageBytes = 4096 + 16 * 1024 + 32 * 1024 + 2 * 24 * 1024
    static let wordsBytes = 120
    static let parts = [1024, 4096, 4096 + 16 * 1024, 4096 + 48 * 1024, 4096 + 72 * 1024]
}

private let memory: Int32 = {
    let descriptor = tmpfile().map { fileno($0) } ?? -1
    precondition(descriptor >= 0 && ftruncate(descriptor, Layout.pageBytes) == 0)
    return descriptor
}()

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzStreamPage(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > Layout.wordsBytes else { return 0 }
    // The first word says that it is a page.
    var magic: UInt64 = 0x0143_4252_4c53_5453
    pwrite(memory, data, Layout.wordsBytes, 0)
    if data[0] & 1 == 0 { pwrite(memory, &magic, 8, 0) }
    let rest = count - Layout.wordsBytes
    for start in Layout.parts { pwrite(memory, data + Layout.wordsBytes, rest, start) }
    guard let page = StreamPage(opening: memory) else { return 0 }
    _ = page.label
    for second in 0..<5 { _ = page.noteAdoption(at: .seconds(second)) }
    precondition(page.adoptions >= 0)
    do throws(StreamRemainsFault) {
        // Standard input is no TCP socket: only pages of sockets that nobody counts are gone on with.
        var remains = try page.recover(from: 0)
        precondition(remains.unread.count <= 16 * 1024 && remains.unsent.count <= 32 * 1024)
        remains.unread.withUnsafeMutableBytes { bytes in
            remains.machine.receive(bytes) { _ in true }
        }
    } catch {}
    return 0
}
