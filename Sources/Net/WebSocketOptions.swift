/// What a WebSocket may cost, and how patient it is.
package struct WebSocketOptions: Sendable, Equatable {
    /// The largest message taken; a larger one ends the socket with 1009.
    package var messageBytesMax: Int
    /// What may wait unsent: a quarter of a MiB is 20 s of µ-law in base64.
    package var queueBytesMax: Int
    /// How often to ping. A peer from which nothing came between two pings is given up.
    package var pingEvery: Duration?
    /// How long the peer may take to answer our close frame, and to end the connection.
    package var closeTimeout: Duration

    package init(
        messageBytesMax: Int = 1 << 20, queueBytesMax: Int = 256 << 10,
        pingEvery: Duration? = nil, closeTimeout: Duration = .seconds(5)
    ) {
        self.messageBytesMax = messageBytesMax
        self.queueBytesMax = queueBytesMax
        self.pingEvery = pingEvery
        self.closeTimeout = closeTimeout
    }
}
