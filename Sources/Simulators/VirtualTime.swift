import Instruments
import Synchronization

/// A clock that moves when told, and never by itself.
package final class VirtualTime: TimeSource {
    private let passed: Mutex<Duration>
    private let wallOrigin: Duration

    /// Begins at zero; the wall clock then shows `wallClock` (2026-01-05T09:00:00Z by default).
    package init(wallClock: Duration = .seconds(1_767_603_600)) {
        passed = Mutex(.zero)
        wallOrigin = wallClock
    }

    package var now: Duration { passed.withLock { $0 } }
    package var wallClock: Duration { wallOrigin + now }

    /// Moves the clock on; a moment already past leaves it where it is.
    package func advance(to moment: Duration) {
        passed.withLock { $0 = max($0, moment) }
    }
}
