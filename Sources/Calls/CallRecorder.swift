package import Instruments
package import Twilio
package import Wire

/// What comes into a call besides its sockets' messages and its timers.
package enum CallInput: Sendable {
    case begin
    /// A call of another process wakes in this one.
    case woken
    /// A stream came; it was gone on with in so many processes before this one.
    case streamTaken(TwilioStart, adoptions: Int)
    case afterStream(callerIsThere: Bool)
    case errandOver(ErrandOutcome)
    case errandAnswered
    case handedOff
    case callFinished
    case stop(EndReason)
    case ordered(Order, Transfer.Author)
    case emergency
    /// A dial, by its number in the call, brought a socket, or none.
    case dialled(Int)
    case dialFailed(Int, DialFault)
    /// One of the agent's tools is done.
    case toolDone(callID: String, ToolAnswer)
}

/// Writes down what comes into one call and what it decides, in the order it happens, so that the
/// call can be run again. Everything is called on the call's loop.
package protocol CallRecorder: Sendable {
    /// The loop's clock and timers, with what the call learns from them written down.
    func clock(of loop: any Loop) -> any CallClock
    /// The same socket, with everything that passes written down.
    func listening(to socket: any MessageSocket) -> any MessageSocket
    /// Something comes in; the call handles it next.
    func heard(_ input: CallInput)
    /// What Twilio is told.
    func answered(_ step: NextStep)
    /// What is told about the call.
    func told(_ event: CallEvent)
}

/// What a call knows of time: two clocks, and timers.
package protocol CallClock: Sendable {
    /// The loop's monotonic clock.
    var now: Duration { get }
    /// Time since 1970.
    var wallClock: Duration { get }
    /// A timer on the call's loop; it is disarmed until it is armed.
    func makeTimer(_ fire: @escaping @Sendable () -> Void) -> any LoopTimer
}

/// A loop's clock, as it is.
struct LoopClock: CallClock {
    let loop: any Loop

    var now: Duration { loop.now }
    var wallClock: Duration { loop.time.wallClock }

    func makeTimer(_ fire: @escaping @Sendable () -> Void) -> any LoopTimer {
        loop.makeTimer(fire)
    }
}
