package import Calls
import Instruments
package import Twilio

/// How a call goes on whose process is no more.
///
///     Twilio asks ─▶ living here? ──no──▶ a memory of a process that is gone? ─▶ the same call
///                                                 no ─▶ unknown
package struct Revival: Sendable {
    /// Takes over the memory of a call that no living process has; asked twice it answers the same.
    package typealias Memories = @Sendable (CallSID) async -> CallMemory?
    /// Makes the call that is remembered, on the loop with the fewest.
    package typealias Maker = @Sendable (CallMemory) -> Call
    /// Returns when no process would go on with a call that is over here.
    package typealias Forgetting = @Sendable (CallSID) async -> Void

    let memories: Memories
    let make: Maker?
    let forgotten: Forgetting

    package init(
        memories: @escaping Memories, make: @escaping Maker,
        forgotten: @escaping Forgetting = { _ in }
    ) {
        self.memories = memories
        self.make = make
        self.forgotten = forgotten
    }

    private init() {
        memories = { _ in nil }
        make = nil
        forgotten = { _ in }
    }

    /// Calls die with their process.
    package static let none = Revival()
}

extension FrontDesk {
    /// The call of that name: one that lives here, or one whose process is no more and that goes
    /// on here from now on.
    func callOrRevived(_ sid: CallSID) async -> Call? {
        if let call = registry.find(sid) { return call }
        guard let make = revival.make, registry.ending(of: sid) == nil,
            let memory = await revival.memories(sid),
            let call = registry.readmit(sid, { make(memory) })
        else { return nil }
        // Before whatever is asked of it: two webhooks may come at once, and the first wakes it.
        await call.wake()
        return call
    }
}
