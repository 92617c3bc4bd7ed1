package import Twilio

/// Keeps what must survive the process while a call lives.
///
/// Called on the call's loop, so it must not block.
package protocol MemoryKeeper: Sendable {
    /// The call as it stands now; the newest memory of a call is the one that counts.
    func remember(_ memory: CallMemory)
    /// The call is over: nothing of it is kept.
    func forget(_ call: CallSID)
}

/// Keeps nothing: a call dies with its process.
package struct NoMemories: MemoryKeeper {
    package init() {}

    package func remember(_ memory: CallMemory) {}
    package func forget(_ call: CallSID) {}
}
