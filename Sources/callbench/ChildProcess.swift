import Glibc
import Synchronization

/// A program this one started: it is ended here, by its id, and nowhere else.
final class ChildProcess: Sendable {
    /// How long a program may take to end when it is asked to, in milliseconds.
    private static let politeness = 5_000
    private static let living = Mutex<[Int32]>([])

    let process: Int32
    private let isReaped = Mutex(false)

    /// Starts a program with these words and this environment alone; what it says goes to the
    /// file `output`.
    init(
        _ words: [String], environment: [(name: String, value: String)], output: String
    ) throws(BenchFault) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Our own threads block signals; a child wants them.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let texts = environment.map { "\($0.name)=\($0.value)" }
        var process: Int32 = 0
        let code = CStrings.with(words) { words in
            CStrings.with(texts) { texts in
                words[0].map { posix_spawnp(&process, $0, &actions, &attributes, words, texts) }
            }
        }
        guard code == 0 else {
            throw BenchFault(
                .unavailable, "\(words[0]): \(String(cString: strerror(code ?? EINVAL)))")
        }
        self.process = process
        Self.living.withLock { $0.append(process) }
    }

    /// True until it ended by itself or was ended.
    var isAlive: Bool {
        isReaped.withLock { isReaped in
            if !isReaped { isReaped = waitpid(process, nil, WNOHANG) == process }
            return !isReaped
        }
    }

    /// Asks it to end, and makes it end when it does not.
    func end() {
        kill(process, SIGTERM)
        for _ in 0..<Self.politeness where isAlive { usleep(1_000) }
        isReaped.withLock { isReaped in
            guard !isReaped else { return }
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
            isReaped = true
        }
        Self.living.withLock { $0.removeAll { $0 == process } }
    }

    /// Runs a program to its end; throws when that is no success, with what it said last.
    static func run(_ words: [String], output: String) throws(BenchFault) {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let child = try ChildProcess(words, environment: [("PATH", path)], output: output)
        var status: Int32 = 0
        let ended = child.isReaped.withLock { isReaped in
            isReaped = true
            return waitpid(child.process, &status, 0)
        }
        living.withLock { $0.removeAll { $0 == child.process } }
        guard ended == child.process, status == 0 else {
            throw BenchFault(
                .unavailable, "\(words[0]) failed: \(TextFile.tail(of: output, bytes: 400))")
        }
    }

    /// Ends everything that still lives at once: this program is leaving, and with it the calls
    /// for which a bridge would stay.
    static func endAll() {
        for process in living.withLock({ $0 }) { kill(process, SIGKILL) }
    }
}

/// Arrays of C strings, as exec wants them.
private enum CStrings {
    static func with<Result>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            body(buffer.baseAddress.unsafelyUnwrapped)
        }
    }
}
