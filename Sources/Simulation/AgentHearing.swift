import Wire

/// What one agent was told, and what it told that the daemon is known to have heard.
struct AgentHearing: Sendable {
    /// The daemon told it that the conversation goes on.
    private(set) var goesOn = false
    private(set) var story = ""
    /// What other agents of the call had told the daemon before this one began.
    private var owed: [String] = []
    private var owedNews = false
    private var owedKeys = false
    private var pings = 0
    /// The newest that was answered.
    private(set) var pongs = 0
    /// How often it was told that the caller is back.
    private(set) var returns = 0
    /// The keys that it was told of.
    private(set) var keys = ""
    private var waiting: [(ping: Int, words: String)] = []
    private var isChecked = false

    /// Messages with a type; audio has none (`{"user_audio_chunk":`).
    static func isTyped(_ text: RawSpan) -> Bool {
        text.byteCount > 2
            && text.unsafeLoad(fromByteOffset: 2, as: UInt8.self) == UInt8(ascii: "t")
    }

    /// The conversation begins: what was told before has to be told to it.
    mutating func begins(_ story: CallStory) {
        owed = story.known
        owedNews = story.owesNews
        owedKeys = story.owesKeys
    }

    /// The number of the next ping, whose answer proves that all before it was heard.
    mutating func nextPing() -> Int {
        pings += 1
        return pings
    }

    mutating func said(_ words: String) { waiting.append((pings + 1, words)) }

    mutating func told(_ text: String) {
        if text.contains("do not greet again") { goesOn = true }
        if text.contains("and is back") { returns += 1 }
        if let keys = text.split(separator: "pressed these keys: ").dropFirst().first {
            self.keys += keys
        }
        story += text
    }

    /// A ping was answered: what the daemon has heard by now.
    mutating func ponged(_ ping: Int) -> [String] {
        pongs = max(pongs, ping)
        let known = waiting.filter { $0.ping <= ping }.map(\.words)
        waiting.removeAll { $0.ping <= ping }
        return known
    }

    /// What it was not told though it should have been; asked once, when it is known that all that
    /// it was to be told at its beginning has come.
    mutating func missing() -> [String] {
        guard !isChecked else { return [] }
        isChecked = true
        guard !story.contains("left out") else { return [] }
        var missing = owed.filter { !story.contains($0) }
        if owedNews, goesOn, !hasNews { missing.append("the transfer") }
        if owedKeys, !hasKeys { missing.append("keys that were pressed before it") }
        return missing
    }

    /// How an agent is told that nobody took the caller: a transfer's, and an emergency's way.
    private static let news = ["could not be connected", "nobody who was rung for it has answered"]

    /// It was told that nobody took the caller.
    var hasNews: Bool { Self.news.contains(where: story.contains) }

    /// It was told of keys.
    var hasKeys: Bool { story.contains("pressed these keys: ") }

    /// Something was owed to it.
    var wasOwed: Bool { !owed.isEmpty }
}

/// What was said in a call, as far as it is certain that a living process, or the disk, has it.
struct CallStory: Sendable {
    private(set) var known: [String] = []
    /// A transfer came to nothing, and the next agent has to know.
    var owesNews = false
    /// Keys were pressed that no agent has been told of.
    var owesKeys = false
    private var turns = 0

    /// What the caller says next.
    mutating func nextWords() -> String {
        turns += 1
        return "caller words \(turns)."
    }

    mutating func knows(_ words: [String]) { known += words }

    /// A process died that had not written down the newest of it, or it is on no disk.
    mutating func isTorn() {
        known = []
        owesNews = false
        owesKeys = false
    }
}
