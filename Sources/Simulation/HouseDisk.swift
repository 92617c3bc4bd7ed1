import Calls
import Twilio
import Wire

/// What outlives the daemon's processes: memories of calls, and streams whose sockets are kept.
// Safe because a house lives on the one thread that runs its loop.
final class HouseDisk: @unchecked Sendable {
    /// One memory, and the life of the daemon that wrote it or took it over.
    struct Page {
        var owner: Int
        var memory: CallMemory
    }

    /// A stream whose process died, with what is needed to go on with it.
    struct LeftStream {
        var socket: HeldSocket.Line
        var start: TwilioStart
        /// How often it was gone on with before.
        var adoptions: Int
    }

    var pages: [CallSID: Page] = [:]
    /// Records of promised calls, by their promises' names.
    var promises: [String: JSON] = [:]
    var streams: [LeftStream] = []

    /// Somebody who died held the call's memory: the next one asked has to go on with it.
    func isLeft(_ call: CallSID, to life: Int) -> Bool {
        pages[call].map { $0.owner != life } ?? false
    }
}
