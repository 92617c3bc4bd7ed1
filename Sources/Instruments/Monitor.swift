import Glibc

/// State under a lock, and a bell to wait for; for threads that may sleep, never for a loop.
///
/// `Synchronization.Mutex` has no way to wait, so this is pthread's pair. The lock is held for
/// a few instructions only: `withLock` on a loop is fine, `wait` is not.
// Safe because `state` is touched only between lock and unlock of `mutex`.
package final class Monitor<State>: @unchecked Sendable {
    private var state: State
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let bell = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// A monitor over `state`, unlocked.
    package init(_ state: sending State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(bell, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(bell)
        pthread_mutex_destroy(mutex)
        bell.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` alone with the state.
    package func withLock<Result>(_ body: (inout State) -> sending Result) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Wakes every waiting thread, to look at the state again.
    package func ring() { pthread_cond_broadcast(bell) }

    /// Sleeps until `body` has a result, or until `deadline` on the monotonic clock; nil then.
    package func wait<Result>(
        until deadline: Duration? = nil, for body: (inout State) -> sending Result?
    ) -> sending Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            guard let deadline else {
                pthread_cond_wait(bell, mutex)
                continue
            }
            var time = timespec(deadline)
            guard pthread_cond_timedwait(bell, mutex, &time) != ETIMEDOUT else {
                return body(&state)
            }
        }
    }
}

extension timespec {
    /// The same time since the same origin; zero when it would be before it.
    init(_ duration: Duration) {
        let parts = max(duration, .zero).components
        self.init(
            tv_sec: Int(clamping: parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
    }
}
