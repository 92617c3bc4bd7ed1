import Glibc
import Instruments
import Testing

@Suite struct MonitorTests {
    @Test func `a waiter sees what another thread has set`() throws {
        let monitor = Monitor(0)
        let thread = try #require(
            OwnThread("setter") {
                monitor.withLock { $0 = 42 }
                monitor.ring()
            })
        #expect(monitor.wait { $0 == 42 ? $0 : nil } == 42)
        thread.join()
    }

    @Test func `a deadline that has passed ends the waiting`() {
        let monitor = Monitor(0)
        let past = SystemTime().now
        #expect(monitor.wait(until: past) { $0 == 1 ? $0 : nil } == nil)
        #expect(monitor.wait(until: .seconds(-1)) { $0 == 1 ? $0 : nil } == nil)
        #expect(monitor.wait(until: past) { $0 == 0 ? "there" : nil } == "there")
    }

    @Test func `a thread bears its name and blocks every signal`() throws {
        let seen = Monitor<(name: String, isBlocked: Bool)?>(nil)
        let thread = try #require(
            OwnThread("a name far too long") {
                var mask = sigset_t()
                pthread_sigmask(SIG_SETMASK, nil, &mask)
                let isBlocked = [SIGTERM, SIGHUP, SIGINT].allSatisfy { sigismember(&mask, $0) == 1 }
                let bytes = try? SmallFile.read("/proc/thread-self/comm", bytesMax: 64)
                let name = String(decoding: bytes ?? [], as: UTF8.self)
                seen.withLock { $0 = (name, isBlocked) }
            })
        thread.join()
        let found = seen.withLock { $0 }
        #expect(found?.name == "a name far too \n")
        #expect(found?.isBlocked == true)
    }

    @Test func `a small file is read whole or not at all`() throws {
        var template = Array("/tmp/callbridge-small-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        try #require(file >= 0)
        let path = template.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
        defer { unlink(path) }
        write(file, "twelve bytes", 12)
        close(file)
        #expect(try SmallFile.read(path, bytesMax: 12) == Array("twelve bytes".utf8))
        #expect(throws: SmallFileFault.overLimit(11)) { try SmallFile.read(path, bytesMax: 11) }
        #expect(throws: SmallFileFault.unreadable(ENOENT)) {
            try SmallFile.read(path + "-not", bytesMax: 10)
        }
        #expect(throws: SmallFileFault.unreadable(EISDIR)) {
            try SmallFile.read("/tmp", bytesMax: 10)
        }
    }
}
