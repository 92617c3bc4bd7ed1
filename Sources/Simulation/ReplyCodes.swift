/// The bytes of one caller's replies, by which they are told apart, and which of them nobody may
/// hear any more.
struct ReplyCodes {
    private var last = 0
    /// Interruptions on their way, each with the replies that nobody may hear after its clear.
    private var cuts: [[UInt8]] = []
    private var stale: Set<UInt8> = []
    /// Greetings of agents who were to go on with a conversation.
    private var muted: Set<UInt8> = []

    /// The byte of the next reply.
    mutating func next() -> UInt8 {
        last = last % HouseSounds.replyCodes + 1
        let code = UInt8(last)
        stale.remove(code)
        muted.remove(code)
        return code
    }

    /// The agent has been interrupted: what it said must not be heard after the clear.
    mutating func willBeCut(_ codes: [UInt8]) { cuts.append(codes) }

    /// A stream begins: interruptions in flight meet no stream to clear.
    mutating func forgetCuts() { cuts = [] }

    /// The clear of the oldest interruption has come.
    mutating func wasCleared() {
        guard !cuts.isEmpty else { return }
        stale.formUnion(cuts.removeFirst())
    }

    /// The reply is a second greeting, which nobody wants to hear.
    mutating func mute(_ code: UInt8) { muted.insert(code) }

    /// What is wrong with audio that was played, 160 bytes a frame; nil when nothing is.
    func fault(in audio: [UInt8]) -> String? {
        guard !stale.isEmpty || !muted.isEmpty else { return nil }
        for place in stride(from: 0, to: audio.count, by: 160) {
            let code = audio[place]
            if stale.contains(code) { return "reply \(code) was heard after its clear" }
            if muted.contains(code) { return "\(code), a second greeting, was heard" }
        }
        return nil
    }
}
