import Instruments
import Synchronization

/// Makes our own names of conversations: `session_YYYYMMDD_HHMMSS_NNNNN`, UTC.
package final class SessionNames: Sendable {
    private let counter = Atomic<Int>(0)

    package init() {}

    /// A name no other conversation of this process has; `wallClock` since 1970.
    package func next(wallClock: Duration) -> String {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue % 100_000
        let digits = UTCTime(wallClock).description.utf8.filter { (0x30...0x39).contains($0) }
        let date = String(decoding: digits.prefix(8), as: UTF8.self)
        let time = String(decoding: digits.dropFirst(8).prefix(6), as: UTF8.self)
        let count = String(number)
        return "session_\(date)_\(time)_"
            + String(repeating: "0", count: 5 - count.utf8.count) + count
    }
}
