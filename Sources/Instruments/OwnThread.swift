import Glibc

/// A named thread with every signal blocked, for work that sleeps in the kernel.
///
/// Signals are blocked so that they reach the one thread that waits for them (`Signals`).
package struct OwnThread: Sendable {
    private let handle: pthread_t

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts `body` on a new thread; `name` is cut to the kernel's 15 bytes. Nil when the
    /// machine has no thread to give (EAGAIN of pthread_create).
    package init?(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var everything = sigset_t()
        var before = sigset_t()
        sigfillset(&everything)
        pthread_sigmask(SIG_SETMASK, &everything, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var handle = pthread_t()
        let code = pthread_create(&handle, nil, Self.run, start.toOpaque())
        guard code == 0 else {
            start.release()
            return nil
        }
        self.handle = handle
    }

    /// Waits until the thread has returned from its body; once only.
    package func join() { pthread_join(handle, nil) }

    /// Lets the thread go; it is never joined.
    package func detach() { pthread_detach(handle) }

    private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
        { context in
            guard let context else { return nil }
            let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
            setName(start.name)
            start.body()
            return nil
        }

    /// As pthread_setname_np does, which Swift's Glibc module lacks; without /proc no name.
    private static func setName(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        let bytes = Array(name.utf8.prefix(15))
        _ = write(file, bytes, bytes.count)
    }
}
