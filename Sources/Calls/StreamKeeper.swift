package import Twilio
package import Wire

/// Keeps callers' streams open beyond the death of the process, so that the next one goes on with
/// them. Called on the call's loop, so it must not block.
package protocol StreamKeeper: Sendable {
    /// A call has taken this stream; it is kept until its socket is closed.
    func keep(_ socket: any MessageSocket, _ start: TwilioStart)
}

/// Keeps none: a stream ends with its process, and Twilio asks what comes next.
package struct NoStreamKeeper: StreamKeeper {
    package init() {}

    package func keep(_ socket: any MessageSocket, _ start: TwilioStart) {}
}
