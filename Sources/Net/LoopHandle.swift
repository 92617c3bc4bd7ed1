import CUV

/// The owner of one libuv handle: the handle keeps it alive until libuv has let go of it.
class LoopHandle {
    private(set) var isClosed = false
    private let raw: UnsafeMutablePointer<uv_handle_t>

    /// Takes over memory that holds an initialised handle.
    init(taking memory: UnsafeMutableRawPointer) {
        raw = memory.assumingMemoryBound(to: uv_handle_t.self)
        raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Closes the handle (uv_close); it calls back no more.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        uv_close(raw) { handle in
            guard let handle else { return }
            Unmanaged<LoopHandle>.fromOpaque(handle.pointee.data).release()
            UnsafeMutableRawPointer(handle).deallocate()
        }
    }

    /// Closes every handle of a loop that ends.
    static func closeAll(of uv: UnsafeMutablePointer<uv_loop_t>) {
        uv_walk(
            uv,
            { handle, _ in
                guard let handle, uv_is_closing(handle) == 0, let data = handle.pointee.data
                else { return }
                Unmanaged<LoopHandle>.fromOpaque(data).takeUnretainedValue().close()
            }, nil)
    }
}
