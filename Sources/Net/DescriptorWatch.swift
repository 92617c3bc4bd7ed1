import CUV

/// Who hears when a descriptor is ready.
protocol DescriptorListener: AnyObject {
    func descriptorReady(readable: Bool, writable: Bool)
}

/// Owns one uv_poll_t: watches a descriptor that belongs to somebody else. Level-triggered.
final class DescriptorWatch: LoopHandle, @unchecked Sendable {
    // Safe because it is used on its loop's thread only.

    private let poll: UnsafeMutablePointer<uv_poll_t>
    private var listener: (any DescriptorListener)?
    private var events: Int32 = 0

    private static let readable = Int32(UV_READABLE.rawValue)
    private static let writable = Int32(UV_WRITABLE.rawValue)

    /// Watches nothing yet; nil when the loop has ended or the kernel refuses the descriptor.
    init?(_ descriptor: Int32, on loop: EventLoop, for listener: any DescriptorListener) {
        guard let uv = loop.uv else { return nil }
        let poll = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
        guard uv_poll_init(uv, poll, descriptor) == 0 else {
            poll.deallocate()
            return nil
        }
        self.poll = poll
        self.listener = listener
        super.init(taking: UnsafeMutableRawPointer(poll))
    }

    /// Sets what to watch for; asks the kernel only when that changes (two epoll_ctl each time).
    func watch(readable: Bool, writable: Bool) {
        let wanted = (readable ? Self.readable : 0) | (writable ? Self.writable : 0)
        guard wanted != events, !isClosed else { return }
        events = wanted
        guard wanted != 0 else {
            uv_poll_stop(poll)
            return
        }
        uv_poll_start(poll, wanted) { poll, status, events in
            guard let data = poll?.pointee.data else { return }
            // Safe because the handle holds the watch until libuv has let go of it, a turn later.
            Unmanaged<DescriptorWatch>.fromOpaque(data)._withUnsafeGuaranteedRef {
                $0.ready(status, events)
            }
        }
    }

    private func ready(_ status: Int32, _ found: Int32) {
        guard let listener else { return }
        guard status == 0 else {
            // POLLERR: libuv stopped watching. Reading and writing will say what is wrong.
            events = 0
            listener.descriptorReady(readable: true, writable: true)
            return
        }
        listener.descriptorReady(
            readable: found & Self.readable != 0, writable: found & Self.writable != 0)
    }

    /// Stops watching at once; the descriptor may be closed or watched elsewhere afterwards.
    override func close() {
        listener = nil
        if !isClosed { uv_poll_stop(poll) }
        super.close()
    }
}
