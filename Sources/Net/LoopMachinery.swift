import CUV

/// The libuv handles that run a loop's jobs: a wake-up call, and hooks before and after waiting.
final class LoopMachinery {
    private let async: UnsafeMutablePointer<uv_async_t> = .allocate(capacity: 1)
    private let before: UnsafeMutablePointer<uv_prepare_t> = .allocate(capacity: 1)
    private let after: UnsafeMutablePointer<uv_check_t> = .allocate(capacity: 1)
    /// Runs while jobs are left over, so that the loop does not wait.
    private let idle: UnsafeMutablePointer<uv_idle_t> = .allocate(capacity: 1)
    private var isIdling = false
    private unowned let loop: EventLoop

    init(_ uv: UnsafeMutablePointer<uv_loop_t>, of loop: EventLoop) {
        self.loop = loop
        let me = Unmanaged.passUnretained(self).toOpaque()
        uv_async_init(uv, async) { LoopMachinery.of($0?.pointee.data)?.loop.collect() }
        // Jobs made by timers run before the wait, those made by sockets after it.
        uv_prepare_init(uv, before)
        uv_check_init(uv, after)
        uv_idle_init(uv, idle)
        async.pointee.data = me
        before.pointee.data = me
        after.pointee.data = me
        uv_prepare_start(before) { LoopMachinery.of($0?.pointee.data)?.turn() }
        uv_check_start(after) { LoopMachinery.of($0?.pointee.data)?.turn() }
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> LoopMachinery? {
        data.map { Unmanaged<LoopMachinery>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Ends the loop's wait (uv_async_send); from any thread.
    func wake() { uv_async_send(async) }

    private func turn() {
        let isMoreLeft = loop.runReady()
        guard isMoreLeft != isIdling else { return }
        isIdling = isMoreLeft
        if isMoreLeft { uv_idle_start(idle) { _ in } } else { uv_idle_stop(idle) }
    }

    /// Closes the handles; their memory goes with the loop's next turn.
    func close() {
        close(async)
        close(before)
        close(after)
        close(idle)
    }

    private func close<Handle>(_ handle: UnsafeMutablePointer<Handle>) {
        uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) {
            UnsafeMutableRawPointer($0)?.deallocate()
        }
    }
}
