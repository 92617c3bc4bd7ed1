import Glibc

/// A value behind a lock (pthread_mutex_t).
///
/// Not `Synchronization.Mutex`: the thread sanitizer does not see into that one, and would take
/// every hand-over between loops for a race.
final class Guarded<Value>: @unchecked Sendable {
    // Safe because `value` is touched only while the mutex is held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    init(_ value: Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Lends the value; the body must not block, nor lock this again.
    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&value)
    }
}
