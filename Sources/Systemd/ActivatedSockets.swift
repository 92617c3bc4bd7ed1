import CSystemd
import Glibc

/// A listening socket that systemd has opened for us.
///
/// Whoever takes it may close it but must never call shutdown() on it: the socket unit shares
/// it, would see the hang-up and fail.
package struct ActivatedSocket: Sendable, Equatable {
    /// FileDescriptorName= of the socket unit; the unit's own name by default.
    package let name: String
    /// Open, listening, non-blocking.
    package let descriptor: Int32
}

/// Why the passed sockets cannot be used.
package enum ActivationFault: Error, Equatable {
    /// The variable's text is not what systemd writes.
    case malformed(variable: String)
    /// That descriptor is no listening stream socket; the unit lacks Accept=no or ListenStream=.
    case notListening(ActivatedSocket)
}

extension ActivationFault: CustomStringConvertible {
    /// For the log: what is wrong, and where to look.
    package var description: String {
        switch self {
        case .malformed(let variable): "$\(variable) is not what systemd writes"
        case .notListening(let socket):
            "\(socket.name) does not listen; its unit needs ListenStream= and Accept=no"
        }
    }
}

/// The sockets passed at the start (sd_listen_fds(3)), by name.
package struct ActivatedSockets: Sendable, Equatable {
    /// In the order of the socket units.
    package let all: [ActivatedSocket]

    /// What an earlier process of ours had stored, each name with its descriptors.
    package let stored: [StoredDescriptors]

    /// The listeners, and two for each call that can be configured to live.
    static let countMax = 64 + 2 * 10_000

    /// Reads $LISTEN_FDS and $LISTEN_FDNAMES; empty when they are not for `processID`.
    /// The sockets become non-blocking and close-on-exec.
    package init(
        environment: [String: String], processID: Int32, firstDescriptor: Int32 = 3
    ) throws(ActivationFault) {
        var sockets: [ActivatedSocket] = []
        var kept: [String: StoredDescriptors] = [:]
        let names = try Self.names(environment, processID)
        for (index, name) in names.enumerated() {
            let socket = ActivatedSocket(name: name, descriptor: firstDescriptor + Int32(index))
            if socket.name.hasPrefix(DescriptorStore.prefix) {
                kept[socket.name, default: StoredDescriptors(name: socket.name)]
                    .take(socket.descriptor)
                continue
            }
            try Self.prepare(socket)
            sockets.append(socket)
        }
        all = sockets
        stored = kept.values.sorted { $0.name < $1.name }
    }

    /// The name of each descriptor that was passed to this process; `unknown` without names.
    private static func names(
        _ environment: [String: String], _ processID: Int32
    ) throws(ActivationFault) -> [String] {
        guard let process = environment["LISTEN_PID"], let text = environment["LISTEN_FDS"] else {
            return []
        }
        guard let process = Int32(process) else { throw .malformed(variable: "LISTEN_PID") }
        guard let count = Int(text), (0...Self.countMax).contains(count) else {
            throw .malformed(variable: "LISTEN_FDS")
        }
        guard process == processID, count > 0 else { return [] }
        guard let names = environment["LISTEN_FDNAMES"] else {
            return Array(repeating: "unknown", count: count)
        }
        let all = names.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard all.count == count else { throw .malformed(variable: "LISTEN_FDNAMES") }
        return all
    }

    private static func prepare(_ socket: ActivatedSocket) throws(ActivationFault) {
        let descriptor = socket.descriptor
        guard sd_is_socket(descriptor, AF_UNSPEC, Int32(SOCK_STREAM.rawValue), 1) > 0 else {
            throw .notListening(socket)
        }
        // Another instance may take the connection first: accept must not wait then.
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, fcntl(descriptor, F_GETFD) | FD_CLOEXEC)
    }
}
