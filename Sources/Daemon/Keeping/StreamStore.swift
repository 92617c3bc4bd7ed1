import Calls
import Instruments
import Net
package import Systemd
import Twilio
import Wire

extension Configuration {
    /// Whether callers' streams are kept open beyond the process.
    package enum DescriptorStoring: String, Sendable, CaseIterable {
        /// Where the service manager keeps descriptors, and TLS ends before us.
        case auto
        case off
    }
}

/// Who keeps descriptors for us, and what is left of an earlier process.
package struct KeepingPlan: Sendable {
    package var environment: [String: String]
    package var stored: [StoredDescriptors]

    package init(_ environment: [String: String], stored: [StoredDescriptors]) {
        self.environment = environment
        self.stored = stored
    }
}

/// Has the service manager keep the callers' sockets, each with its page, while their calls live.
///
///     stream taken ─▶ socket, page ─▶ manager        closed ─▶ manager lets both go
final class StreamStore: StreamKeeper {
    private let store: DescriptorStore
    private let kept: Counter

    init(_ store: DescriptorStore, _ board: MetricBoard) {
        self.store = store
        kept = board.counter(
            "callbridge_streams_kept_total",
            "Callers' streams that the service manager was asked to keep open.")
    }

    func keep(_ socket: any MessageSocket, _ start: TwilioStart) {
        guard let socket = socket as? WebSocketConnection else { return }
        let name = StreamLabel.name(start.call)
        let keeping = socket.keep(label: StreamLabel(start).bytes) { [store] in
            store.remove(name)
        }
        guard let keeping else { return }
        store.store(name, [keeping.socket, keeping.page])
        kept.add()
    }
}

/// Which stream it is, as its page says it: three names with spaces between.
struct StreamLabel: Sendable, Equatable {
    var account: AccountSID
    var call: CallSID
    var stream: StreamSID

    init(_ start: TwilioStart) {
        account = start.account
        call = start.call
        stream = start.stream
    }

    /// Nil when the bytes are no such label.
    init?(_ bytes: [UInt8]) {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ").map(String.init)
        guard parts.count == 3, let account = AccountSID(parts[0]), let call = CallSID(parts[1]),
            let stream = StreamSID(parts[2])
        else { return nil }
        self.account = account
        self.call = call
        self.stream = stream
    }

    var bytes: [UInt8] { Array("\(account.text) \(call.text) \(stream.text)".utf8) }

    /// What Twilio said when the stream began, as far as it still matters.
    var start: TwilioStart { TwilioStart(account: account, call: call, stream: stream) }

    /// The name of what is kept for a call.
    static func name(_ call: CallSID) -> String { DescriptorStore.prefix + call.text }
}
