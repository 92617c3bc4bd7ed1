import Wire

/// The way into a call for a message that its loop has just read, and for its timers.
extension Call {
    /// Runs `body` in the call, on whose loop we are, as the other `enter` does: a timer that
    /// paces audio fires ten times a second.
    @inline(__always)
    nonisolated func enter(_ body: (isolated Call) -> Void) {
        precondition(loop.isCurrent, "a timer fired on another loop than its own")
        // Safe because isolation to an actor is no part of a function's representation, and
        // the precondition has just shown that this thread is the actor's executor.
        withoutActuallyEscaping(body) { body in
            unsafeBitCast(body, to: ((Call) -> Void).self)(self)
        }
    }

    /// Runs `body` in the call, on whose loop we are; `assumeIsolated` without its price.
    ///
    /// That one allocates a context for what its closure captures, with every frame of every
    /// call. Here the values travel as arguments, so the closures capture nothing.
    @inline(__always)
    nonisolated func enter(
        _ message: RawSpan, _ socket: any MessageSocket,
        _ body: (isolated Call, RawSpan, any MessageSocket) -> Void
    ) {
        precondition(loop.isCurrent, "a socket called from another loop than its own")
        // Safe because isolation to an actor is no part of a function's representation, and
        // the precondition has just shown that this thread is the actor's executor.
        withoutActuallyEscaping(body) { body in
            let plain = unsafeBitCast(
                body, to: ((Call, RawSpan, any MessageSocket) -> Void).self)
            plain(self, message, socket)
        }
    }
}
