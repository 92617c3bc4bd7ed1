import FoundationEssentials
import Synchronization

/// Makes our own names of conversations: `session_YYYYMMDD_HHMMSS_NNNNN`, UTC.
package final class SessionNames: Sendable {
    private let counter = Atomic<Int>(0)

    package init() {}

    /// A name no other conversation of this process has; `wallClock` since 1970.
    package func next(wallClock: Duration) -> String {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue % 100_000
        let date = Date(timeIntervalSince1970: Double(wallClock.components.seconds))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let part = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ value: Int?, _ width: Int) -> String {
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        return "session_" + digits(part.year, 4) + digits(part.month, 2) + digits(part.day, 2)
            + "_" + digits(part.hour, 2) + digits(part.minute, 2) + digits(part.second, 2)
            + "_" + digits(number, 5)
    }
}
