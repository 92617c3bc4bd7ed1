/// What a machine read; pointers are valid until `emit` returns.
package enum WebSocketEvent {
    /// A whole text message, checked as UTF-8.
    case text(UnsafeRawBufferPointer)
    /// A whole binary message.
    case binary(UnsafeRawBufferPointer)
    /// A ping; the peer expects a pong with the same bytes (RFC 6455 section 5.5.3).
    case ping(UnsafeRawBufferPointer)
    /// A pong, whether asked for or not.
    case pong(UnsafeRawBufferPointer)
    /// The peer's close frame: the last event. Code 1005 when it held none.
    case close(code: UInt16, reason: String)
    /// The peer broke the protocol: the last event. The code belongs into our close frame.
    case violation(code: UInt16, reason: String)
}
