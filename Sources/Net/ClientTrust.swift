package import Instruments
import Synchronization

/// Whom clients trust: the system's authorities and those of one more PEM file.
///
/// They are read once, when somebody first needs them, and shared by all who were given this.
package final class ClientTrust: Sendable {
    private let extraCAFile: String?
    private let log: Log?
    private let known = Mutex<Result<TLSContext, TLSError>?>(nil)

    /// Trust that is read when it is needed; a file that cannot be read is told then.
    package init(extraCAFile: String?, log: Log? = nil) {
        self.extraCAFile = extraCAFile
        self.log = log
    }

    /// Trust that is there already.
    init(_ context: TLSContext) {
        extraCAFile = nil
        log = nil
        known.withLock { $0 = .success(context) }
    }

    /// The context for sessions with servers; blocks who asks first while it is read.
    package func context() throws(TLSError) -> TLSContext {
        try known.withLock { known in
            if let known { return known }
            let read = read()
            known = read
            return read
        }.get()
    }

    private func read() -> Result<TLSContext, TLSError> {
        do throws(TLSError) {
            return .success(try TLSContext.client(extraCAFile: extraCAFile))
        } catch {
            log?.error("net.trust", "Requests cannot be made by https", .reason(error.reason))
            return .failure(error)
        }
    }
}
