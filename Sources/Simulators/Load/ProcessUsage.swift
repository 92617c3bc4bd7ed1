import Glibc
import Instruments

/// What a process has used so far, as the kernel tells of any process.
package struct ProcessUsage: Sendable, Equatable {
    /// Time its threads ran.
    package var cpu: Duration = .zero
    /// Time its threads were ready to run and waited for a processor.
    package var waited: Duration = .zero
    /// Resident memory in bytes.
    package var residentBytes = 0
    /// Threads now.
    package var threads = 0

    /// Far more than any program here has.
    private static let threadsMax = 4_096

    package init() {}

    /// What was used since an earlier moment; memory and threads are those of now.
    package func since(_ earlier: ProcessUsage) -> ProcessUsage {
        var usage = self
        usage.cpu -= earlier.cpu
        usage.waited -= earlier.waited
        return usage
    }

    /// Reads `/proc/PID`; nil when there is no such process.
    ///
    /// Each thread's `schedstat` counts nanoseconds; `stat` counts hundredths of a second, and is
    /// used where the kernel keeps no other.
    package init?(of process: Int32) {
        let folder = "/proc/\(process)"
        guard let stat = Self.text("\(folder)/stat"), let whole = ProcessText.stat(stat) else {
            return nil
        }
        residentBytes = whole.residentPages * sysconf(Int32(_SC_PAGESIZE))
        let names = SmallFolder.names("\(folder)/task", countMax: Self.threadsMax)
        threads = names.count
        let times = names.compactMap { name in
            Self.text("\(folder)/task/\(name)/schedstat").flatMap(ProcessText.schedstat)
        }
        cpu = times.reduce(.zero) { $0 + $1.ran }
        waited = times.reduce(.zero) { $0 + $1.waited }
        if times.isEmpty {
            cpu = .nanoseconds(whole.ticks * 1_000_000_000 / sysconf(Int32(_SC_CLK_TCK)))
        }
    }

    private static func text(_ path: String) -> String? {
        // One line each; stat has about 300 bytes.
        guard let bytes = try? SmallFile.read(path, bytesMax: 4_096) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The kernel's own lines about processes and threads (proc(5)).
package enum ProcessText {
    /// `/proc/PID/stat`: user and system time in ticks, resident memory in pages.
    package static func stat(_ text: String) -> (ticks: Int, residentPages: Int)? {
        // The program's name stands in brackets and may hold blanks and brackets itself.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        // Counted from the third field on: 14 is utime, 15 stime, 24 rss.
        guard fields.count > 21, let user = Int(fields[11]), let system = Int(fields[12]),
            let pages = Int(fields[21])
        else { return nil }
        return (user + system, pages)
    }

    /// `/proc/PID/task/TID/schedstat`: nanoseconds run, nanoseconds waited, times switched to.
    package static func schedstat(_ text: String) -> (ran: Duration, waited: Duration)? {
        let fields = text.split { $0 == " " || $0 == "\n" }
        guard fields.count >= 2, let ran = Int64(fields[0]), let waited = Int64(fields[1]) else {
            return nil
        }
        return (.nanoseconds(ran), .nanoseconds(waited))
    }
}
