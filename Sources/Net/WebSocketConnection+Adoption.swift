import Glibc
package import Instruments
package import Wire

// A socket in mid-stream can change its process: who comes after a daemon that died, or makes
// way, takes over the descriptor and what its machine had half read.
extension WebSocketConnection {
    /// What a successor needs besides the descriptor: what was read and not delivered. Nil when
    /// there is TLS, whose keys cannot be handed over, when something waits to be sent, or before
    /// the first delivery. Not to be asked inside `received`, where the machine is at work.
    package var snapshot: [UInt8]? {
        guard connection.tls == nil, connection.queue.isEmpty, unread.isEmpty, stage == .open
        else { return nil }
        return machine.snapshot
    }

    /// The connected descriptor, which stays the socket's own; to be duplicated, never closed.
    package var descriptor: Int32 { connection.descriptor }

    /// Begins to write down what a successor needs, should the process die; whoever asks keeps
    /// `descriptors` open beyond that: the socket and its page, in their own copies, which are to
    /// be closed. Nil where that cannot be, as in `snapshot`.
    package func keep(
        label: [UInt8], released: @escaping @Sendable () -> Void
    ) -> (socket: Int32, page: Int32)? {
        guard connection.page == nil, !isMoving, snapshot != nil else { return nil }
        let made = StreamPage.make(
            label: label, messageBytesMax: machine.messageBytesMax,
            counters: StreamCounters(of: descriptor))
        guard let made else { return nil }
        let copy = dup(descriptor)
        guard copy >= 0 else {
            Glibc.close(made.descriptor)
            return nil
        }
        made.page.settle(machine)
        made.page.onRelease(released)
        connection.page = made.page
        connection.isShared = true
        return (copy, made.descriptor)
    }

    /// Makes a socket of a connected descriptor, which is then its own, out of what the process
    /// before us left behind; its page goes on. `adopted` runs on the loop before any byte is
    /// delivered.
    package static func adopt(
        _ descriptor: Int32, _ remains: StreamRemains, page: StreamPage?,
        options: WebSocketOptions, on loop: any Loop,
        then adopted: @escaping @Sendable (any MessageSocket) -> Void
    ) {
        guard let loop = loop as? EventLoop else {
            preconditionFailure("a socket lives on an EventLoop")
        }
        loop.run {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            Socket.prepare(descriptor)
            let connection = Connection(descriptor: descriptor, tls: nil, loop: loop)
            connection.page = page
            connection.isShared = page != nil
            let socket = WebSocketConnection(
                connection, machine: remains.machine, unread: remains.unread, options: options)
            connection.start()
            connection.goOnSending(remains.unsent)
            adopted(socket)
        }
    }
}
