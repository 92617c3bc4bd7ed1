import CSystemd
import Glibc
import Instruments

/// What the machine or its operator asks of the process.
package enum Signal: Int32, Sendable, CaseIterable {
    /// SIGHUP: read the configuration again.
    case hangUp = 1
    /// SIGINT: stop, asked at a keyboard.
    case interrupt = 2
    /// SIGTERM: stop, asked by the manager.
    case terminate = 15
}

/// Signals as a stream of values.
///
///     signal ──▶ handler: one byte ──▶ pipe ──▶ thread "signals" ──▶ AsyncStream
///
/// Waiting with sigwait or signalfd would not do: under an asynchronous `main` the first thread
/// ends in libdispatch's sigsuspend with nothing blocked, and the signal would kill the process
/// there. A handler serves wherever the signal arrives; that is the first thread or the one
/// that reads, because all others have the three blocked and are not disturbed.
package enum Signals {
    /// Signals kept while nobody takes them; more than that say nothing new.
    private static let waitingMax = 16
    /// In the pipe this byte, which is no signal, ends the thread.
    private static let end: UInt8 = 0

    /// Blocks the three for this thread and all threads it will start, and ignores SIGPIPE: a
    /// peer that has gone is an error of one connection. Call it first of all in `main`.
    package static func block() {
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Every signal from now on; when the stream is let go they do again what they do by
    /// themselves. One stream at a time. Nil when the machine refuses a pipe or a thread.
    package static func stream() -> AsyncStream<Signal>? {
        guard let (stream, thread) = listen() else { return nil }
        thread.detach()
        return stream
    }

    /// The stream and the thread behind it, which ends after the stream has.
    static func listen() -> (stream: AsyncStream<Signal>, thread: OwnThread)? {
        guard let ends = openPipe() else { return nil }
        let (stream, continuation) = AsyncStream.makeStream(
            of: Signal.self, bufferingPolicy: .bufferingNewest(waitingMax))
        let thread = OwnThread("signals") {
            var set = Self.set
            pthread_sigmask(SIG_UNBLOCK, &set, nil)
            while let byte = next(from: ends.read), byte != end {
                if let signal = Signal(rawValue: Int32(byte)) { continuation.yield(signal) }
            }
            // The pipe stays open: a handler on another thread may be about to write.
            for signal in Signal.allCases { callbridge_signal_restore(signal.rawValue) }
        }
        guard let thread else { return nil }
        for signal in Signal.allCases { callbridge_signal_tell(signal.rawValue, ends.write) }
        continuation.onTermination = { _ in
            var byte = end
            write(ends.write, &byte, 1)
        }
        return (stream, thread)
    }

    private static func next(from descriptor: Int32) -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = read(descriptor, &byte, 1)
            if count == 1 { return byte }
            guard count < 0, errno == EINTR else { return nil }
        }
    }

    private static func openPipe() -> (read: Int32, write: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in Signal.allCases { sigaddset(&set, signal.rawValue) }
        return set
    }
}
