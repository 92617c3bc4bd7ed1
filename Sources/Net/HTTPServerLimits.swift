package import Wire

/// How much a server lets its peers ask, and how long it waits at every stage.
///
/// Every wait is for a whole stage, not for the next byte: a peer that drips gains nothing.
package struct HTTPServerLimits: Sendable, Equatable {
    /// Connections at one time; to the next, the one gives way that has kept us waiting longest. When
    /// all are busy it is answered with 503. Each costs a descriptor.
    package var connectionsMax = 8192
    /// Connections over the limit that may still be told so; further ones are just closed.
    package var refusalsMax = 256
    /// What one request may cost.
    package var messages = HTTPLimits()
    /// Requests on one connection, after which it is closed: no peer holds one for ever.
    package var requestsPerConnectionMax = 10_000
    /// From the connection's beginning to TLS agreed on.
    package var tlsHandshake = Duration.seconds(10)
    /// From the first byte of a request, or the connection's beginning, to the end of the head.
    package var head = Duration.seconds(10)
    /// From the end of the head to the end of the body.
    package var body = Duration.seconds(30)
    /// What a handler may take to answer; then the peer gets 503 and the handler is cancelled.
    package var answer = Duration.seconds(30)
    /// Between requests; longer than a proxy's own (nginx: 60 s), so that the proxy closes first.
    package var keepAlive = Duration.seconds(75)
    /// How long a peer may take nothing of what waits for it.
    package var write = Duration.seconds(20)
    /// How long a closed connection may still be read, so that the peer gets our last words.
    package var lingering = Duration.seconds(2)
    /// Bytes of a streamed body that may wait; its writer waits while there are more.
    package var streamQueueBytesMax = 64 << 10

    /// The values above.
    package init() {}

    /// No more connections than half of the descriptors there may be: agents, requests of our own
    /// and files need theirs, however great the crowd.
    package mutating func fit(descriptors: Int) {
        connectionsMax = max(1, min(connectionsMax, descriptors / 2))
    }
}
