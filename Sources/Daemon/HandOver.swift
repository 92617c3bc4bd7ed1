import Net
import Systemd

/// Leaves the sockets that instances share to the one that has come after us.
///
///     shared socket ─┬─▶ blue, draining: leaves it        blue.sock ──▶ blue, to its last call
///                    └─▶ green: takes every new call      green.sock ─▶ green
///
/// Without another instance we stay: whoever rings while we drain is told so by us.
struct HandOver: Sendable {
    /// Who connected before the sockets were left has asked by then, and calls that come so are
    /// still let in: a proxy sends its request with the connection.
    private static let lastRequests = Duration.seconds(1)

    private let server: HTTPServer
    private let shared: [ListenAddress]
    /// The path by which Twilio comes back to the calls that live here.
    private let own: String?

    /// `instance` is our name, which our own socket bears.
    init(_ server: HTTPServer, _ addresses: [ListenAddress], instance: String?) {
        self.server = server
        let passed = addresses.filter { $0.inheritedName != nil }
        shared = passed.filter { $0.inheritedName != instance }
        own = passed.first { $0.inheritedName == instance }?.path
    }

    /// Returns when calls may be refused: nobody new will ask us.
    func run() async {
        guard let own, isAnotherThere(own) else { return }
        for address in shared { await server.stopAccepting(at: address) }
        // Cancelled when somebody has no time for it.
        try? await Task.sleep(for: Self.lastRequests)
    }

    /// Every instance's own socket lies in one folder, for as long as the instance is there.
    private func isAnotherThere(_ own: String) -> Bool {
        let others = shared.compactMap(\.path) + [own]
        return SocketFolder(of: own).sockets.contains { !others.contains($0) }
    }
}
