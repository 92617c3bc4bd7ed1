import Glibc
import Testing

@testable import Systemd

@Suite struct SignalsTests {
    @Test func `signals arrive as values, in order`() async throws {
        let (stream, thread) = try #require(Signals.listen())
        var signals = stream.makeAsyncIterator()
        for signal in [Signal.hangUp, .terminate, .interrupt, .hangUp] {
            thread.signal(signal.rawValue)
            #expect(await signals.next() == signal)
        }
    }

    @Test func `the thread ends with its stream`() async throws {
        let thread = try await {
            let (stream, thread) = try #require(Signals.listen())
            thread.signal(Signal.hangUp.rawValue)
            for await _ in stream { break }
            return thread
        }()
        thread.join()
    }

    @Test func `blocking covers the three and ignores a broken pipe`() {
        var before = sigset_t()
        pthread_sigmask(SIG_SETMASK, nil, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        Signals.block()
        var mask = sigset_t()
        pthread_sigmask(SIG_SETMASK, nil, &mask)
        for signal in Signal.allCases { #expect(sigismember(&mask, signal.rawValue) == 1) }
        #expect(sigismember(&mask, SIGSEGV) == 0)
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        #expect(write(ends[1], "x", 1) == -1)
        #expect(errno == EPIPE)
        close(ends[1])
    }

    @Test func `the numbers are the machine's`() {
        #expect(Signal.hangUp.rawValue == SIGHUP)
        #expect(Signal.interrupt.rawValue == SIGINT)
        #expect(Signal.terminate.rawValue == SIGTERM)
    }
}
