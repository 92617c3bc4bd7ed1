import CAllocations
import Testing

@testable import Wire

@Suite(.enabled(if: allocations_are_counted(), "a sanitizer has its own allocator"))
struct WebSocketAllocationTests {
    /// Allocations that this thread makes within `body`.
    private func allocations(_ body: () -> Void) -> UInt {
        let before = allocations_of_this_thread()
        body()
        return allocations_of_this_thread() - before
    }

    @Test func `the counter sees an array being made`() {
        var kept: [Int] = []
        #expect(allocations { kept = Array(repeating: 1, count: 100) } >= 1)
        #expect(kept.count == 100)
    }

    @Test(arguments: [WebSocketMachine.Role.client, .server])
    func `messages that lie whole in what was read allocate nothing`(
        _ role: WebSocketMachine.Role
    ) {
        let peer = PeerScript(role: role)
        let media = String(repeating: "{\"é\":\"MTIz\"}", count: 32)
        let stream =
            peer.text(media) + peer.frame(.ping, [1, 2]) + peer.frame(.pong)
            + peer.frame(.binary, [UInt8](repeating: 9, count: 70_000)) + peer.text("")
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: stream.count, alignment: 8)
        defer { buffer.deallocate() }
        var machine = WebSocketMachine(role: role, messageBytesMax: 1 << 20)
        var events = 0
        var bytes = 0
        // The first round warms up what the runtime makes once.
        for round in 0..<3 {
            buffer.copyBytes(from: stream)
            let made = allocations {
                machine.receive(buffer) { event in
                    events += 1
                    if case .text(let text) = event { bytes += text.count }
                    return true
                }
            }
            if round > 0 { #expect(made == 0) }
        }
        #expect(events == 15)
        #expect(bytes == 3 * media.utf8.count)
    }

    @Test func `sealing allocates nothing`() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1_024, alignment: 8)
        defer { buffer.deallocate() }
        let payload = UnsafeMutableRawBufferPointer(rebasing: buffer[14..<400])
        var size = WebSocketFrame.seal(.text, payload: payload, mask: 1)
        let made = allocations {
            size += WebSocketFrame.seal(.text, payload: payload, mask: 2)
            size += WebSocketFrame.seal(.binary, payload: payload, mask: nil)
        }
        #expect(made == 0)
        #expect(size == 8 + 8 + 4)
    }
}
