import Calls
import Simulators

/// What one conversation's agent will do, and what will go wrong with it.
struct AgentTemper: Sendable {
    /// How the dial goes, after `dialTakes`.
    enum Dial: Sendable, Equatable { case opens, fails(EndReason) }

    /// How the conversation ends from the agent's side.
    enum Ending: Sendable, Equatable {
        /// It goes on until somebody else ends it.
        case never
        /// A last sentence, then a close in good order.
        case goodbye
        /// The connection breaks.
        case vanishes
        /// An error message, then a close: quota, policy, a fault of theirs.
        case quota, policy, fault
        /// The connection stays open and nothing comes through it any more.
        case deaf
        /// It says nothing more, though it answers.
        case mute
        /// It says half of a reply and nothing more, though it answers; the same when it does not
        /// tell the ends of its replies.
        case breaksOff
    }

    var dialTakes: Duration
    var dial = Dial.opens
    /// From the setup to the metadata; nil: never.
    var metadataAfter: Duration?
    var format = "ulaw_8000"
    var thinks: Duration
    /// How long each reply lasts; the first is the greeting.
    var replies: [Duration]
    /// Replies the caller speaks over.
    var interrupted: Set<Int> = []
    var pieces: Duration
    /// The pause between pieces of one reply: far less than they last.
    var pieceEvery: Duration
    var ending = Ending.never
    /// It tells what the caller said before each of its replies.
    var transcribes: Bool
    /// It tells that a reply's audio has been sent to its end.
    var tellsEnds: Bool
    /// Tools it uses after these replies.
    var tools: [Int: Tool] = [:]
    /// Noise between the messages: unknown kinds, broken JSON, tools nobody has.
    var noise: Bool

    /// What the dice say.
    init(_ dice: inout SeededRandom, trouble: Double) {
        dialTakes = dice.milliseconds(20...400)
        metadataAfter = dice.milliseconds(20...700)
        thinks = dice.milliseconds(200...3_000)
        replies = (0..<Int.random(in: 1...6, using: &dice)).map { [dice] _ in
            var dice = dice
            return dice.milliseconds(100...4_000)
        }
        pieces = dice.milliseconds(40...1_200)
        // A reply is spoken faster than it is heard, as the vendor does.
        pieceEvery = min(dice.milliseconds(0...60), pieces / 2)
        noise = dice.chance(trouble * 0.3)
        transcribes = dice.chance(0.7)
        tellsEnds = dice.chance(0.6)
        for reply in replies.indices {
            replies[reply] = dice.milliseconds(100...5_000)
            if dice.chance(0.3) { interrupted.insert(reply) }
        }
        drawTools(&dice)
        if dice.chance(0.15) { format = dice.pick(["pcm_16000", "pcm_24000"], or: format) }
        ending = dice.chance(0.4) ? .goodbye : .never
        if dice.chance(trouble) { misbehave(&dice) }
    }

    /// It says one thing, and that was all.
    mutating func endSoon(_ ending: Ending) {
        self.ending = ending
        dial = .opens
        format = "ulaw_8000"
        metadataAfter = min(metadataAfter ?? .zero, .milliseconds(500))
        replies = Array(replies.prefix(1))
        tools = [:]
    }

    private mutating func drawTools(_ dice: inout SeededRandom) {
        for reply in replies.indices where dice.chance(Self.toolChance) {
            let tool = dice.pick(Tool.drawn, or: .end)
            // Whoever asks for the same again means it.
            if !tools.values.contains(tool) { tools[reply] = tool }
        }
    }

    private static let toolChance = 0.12

    private mutating func misbehave(_ dice: inout SeededRandom) {
        switch Int.random(in: 0..<14, using: &dice) {
        case 0: dialTakes = dice.milliseconds(500...8_000)
        case 1, 2: dial = .fails(dice.pick(Self.refusals, or: .providerUnreachable))
        case 3: metadataAfter = nil
        case 4: metadataAfter = dice.milliseconds(1_000...6_000)
        case 5: format = "opus_48000"
        case 6: ending = .vanishes
        case 7: ending = .quota
        case 8: ending = .policy
        case 9: ending = .deaf
        case 10:
            ending = .mute
            // One that begins and never says a word.
            if dice.chance(0.3) { replies = [] }
        case 11, 12: ending = .breaksOff
        default: ending = .fault
        }
        if dice.chance(0.3) { dialTakes = dice.milliseconds(500...6_000) }
    }

    private static let refusals: [EndReason] = [
        .providerUnreachable, .providerRefused, .providerQuota, .agentMisconfigured,
        .providerCircuitOpen, .providerError, .providerSilent,
    ]
}
