import Glibc

/// The process as the kernel sees it, under the names every Prometheus client library uses.
package enum ProcessMeters {
    /// Declares the process's meters on `board`.
    package static func enter(on board: MetricBoard) {
        board.gauge("process_resident_memory_bytes", "Resident memory.") {
            residentPages().map { Double($0 * sysconf(Int32(_SC_PAGESIZE))) }
        }
        board.counter("process_cpu_seconds_total", "User and system CPU time.") {
            var usage = rusage()
            getrusage(RUSAGE_SELF.rawValue, &usage)
            return seconds(usage.ru_utime) + seconds(usage.ru_stime)
        }
        board.gauge("process_open_fds", "Open file descriptors.") { openDescriptors() }
        board.gauge("process_max_fds", "Limit of open file descriptors.") {
            var limit = rlimit()
            getrlimit(Int32(RLIMIT_NOFILE.rawValue), &limit)
            return Double(limit.rlim_cur)
        }
        let start = SystemTime().wallClock
        board.gauge("process_start_time_seconds", "Start time since 1970.") {
            Double(start.wholeNanoseconds / 1_000_000) / 1_000
        }
    }

    /// The second number of /proc/self/statm (proc(5)).
    private static func residentPages() -> Int? {
        guard let bytes = try? SmallFile.read("/proc/self/statm", bytesMax: 256) else { return nil }
        let words = bytes.split(separator: UInt8(ascii: " "))
        return words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) : nil
    }

    private static func openDescriptors() -> Double? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        // One of them is the directory that is being read.
        return Double(count - 1)
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
