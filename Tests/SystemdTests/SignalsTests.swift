import Glibc
import Testing

@testable import Systemd

/// One stream at a time, so one test at a time.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SignalsTests {
    @Test func `signals to the process arrive as values, in order`() async throws {
        let thread = try await {
            let (stream, thread) = try #require(Signals.listen())
            var signals = stream.makeAsyncIterator()
            for signal in [Signal.hangUp, .terminate, .interrupt, .hangUp] {
                #expect(kill(getpid(), signal.rawValue) == 0)
                #expect(await signals.next() == signal)
            }
            return thread
        }()
        thread.join()
    }

    @Test func `a signal that came before anybody listened to the stream is kept`() async throws {
        let thread = try await {
            let (stream, thread) = try #require(Signals.listen())
            for _ in 0..<100 { kill(getpid(), SIGHUP) }
            // The kernel hands out the higher number last: once it is here, nothing is pending.
            kill(getpid(), SIGTERM)
            var seen: Set<Signal> = []
            for await signal in stream where seen.insert(signal).inserted {
                if seen.count == 2 { break }
            }
            #expect(seen == [.hangUp, .terminate])
            return thread
        }()
        thread.join()
    }

    @Test func `after the stream the signals do what they did before`() async throws {
        let thread = try #require(Signals.listen().map(\.thread))
        thread.join()
        for signal in Signal.allCases {
            var action = sigaction()
            sigaction(signal.rawValue, nil, &action)
            #expect(action.__sigaction_handler.sa_handler == nil)
        }
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
