import Glibc

/// The monotonic clock in whole nanoseconds: read for every frame, so no `Duration` is built.
enum LoadClock {
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
