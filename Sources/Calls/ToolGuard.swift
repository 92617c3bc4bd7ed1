package import ElevenLabs
import Wire

/// Decides whether a tool the agent asks for is run: not twice, and not in circles.
///
/// The same `tool_call_id` asked again is the same request: it gets the answer it had. The same
/// tool with the same arguments again and again, or very many between two turns of the caller, is
/// an agent that turns in circles: it is refused in words that tell it to talk to the caller, and
/// given up when it does not listen.
///
/// Another conversation asks under new ids. What was done in an earlier one of the same call is
/// answered with its result when it is first asked again, since that agent may only have missed
/// that it is done; asked once more it is meant, and run. The same for what was under way when a
/// process died: nobody knows whether it was done, and the agent is told just that.
package struct ToolGuard: Sendable, Equatable {
    /// How much is too much.
    package struct Limits: Sendable, Equatable {
        /// The same tool with the same arguments between two turns of the caller: the first, and
        /// two repeats after failures.
        package var sameMax = 3
        /// Tools between two turns of the caller: booking asks for three or four.
        package var perTurnMax = 8
        /// Tools in a call: far more than the longest conversation needs.
        package var perCallMax = 60
        /// Refusals between two turns of the caller after which the agent is given up.
        package var refusalsMax = 3
        /// Answers kept for repeats, the newest.
        package var answersMax = 32

        package init() {}
    }

    /// What becomes of a request.
    package enum Verdict: Sendable, Equatable {
        /// Run it, and say `finished`.
        case run
        /// It was run already: answer this.
        case repeated(ToolAnswer)
        /// It is running: its answer comes when it has one.
        case running
        /// Do not run it: answer this.
        case refuse(ToolAnswer)
        /// Do not run it, answer this, and give the agent up.
        case giveUp(ToolAnswer)
    }

    private let limits: Limits
    /// Requests under way and what each of them is, by call id.
    private var running: [String: ToolBegun] = [:]
    /// The same for an agent that is gone, or was told that it takes too long: it is done all the
    /// same.
    private var orphans: [String: ToolBegun] = [:]
    /// What another process had begun: done or not, nobody knows.
    private var unsure: [ToolBegun]
    /// What succeeded in this conversation, and in those before it, the newest last.
    private var done: [ToolPrint] = []
    private var earlier: [ToolPrint]
    private var answers: [String: ToolAnswer] = [:]
    /// Call ids of `answers`, the oldest first.
    private var order: [String] = []
    private var same: [UInt64: Int] = [:]
    private var inTurn = 0
    private var refusedInTurn = 0
    /// Tools run in this call.
    package private(set) var runs = 0
    /// Requests refused in this call.
    package private(set) var refusals = 0

    /// Results of earlier conversations that are kept.
    package static let earlierMax = 32

    /// A guard for a call; `earlier` is what was done in it before this process, `unsure` what
    /// was begun.
    package init(
        limits: Limits = Limits(), earlier: [ToolPrint] = [], unsure: [ToolBegun] = []
    ) {
        self.limits = limits
        self.unsure = unsure
        self.earlier = earlier.suffix(Self.earlierMax)
    }

    /// What was done in this call so far, for whoever goes on with it.
    package var prints: [ToolPrint] { (earlier + done).suffix(Self.earlierMax) }

    /// What is under way, or may have been, for whoever goes on with the call.
    package var begun: [ToolBegun] {
        (unsure + [running, orphans].flatMap(\.values).sorted { $0.print < $1.print })
            .filter(\.lasts).suffix(Self.earlierMax)
    }

    /// The agent asks for a tool, whose doing `lasts` or not.
    package mutating func request(_ tool: AgentToolCall, lasts: Bool = true) -> Verdict {
        if let answer = answers[tool.callID] { return .repeated(answer) }
        if running[tool.callID] != nil { return .running }
        let print = Self.fingerprint(of: tool)
        if let index = earlier.lastIndex(where: { $0.print == print }) {
            let before = earlier.remove(at: index)
            done.append(before)
            return .repeated(before.answer.asDoneBefore)
        }
        if let index = unsure.firstIndex(where: { $0.print == print }) {
            unsure.remove(at: index)
            return .repeated(ToolAnswer(result: Self.mayBeDone, isError: true))
        }
        if orphans.values.contains(where: { $0.print == print }) {
            return .refuse(ToolAnswer(result: Self.underWay, isError: true))
        }
        if let why = refusal(of: tool.name, asked: same[print, default: 0]) { return refuse(why) }
        same[print, default: 0] += 1
        inTurn += 1
        runs += 1
        running[tool.callID] = ToolBegun(name: tool.name, print: print, lasts: lasts)
        return .run
    }

    /// A tool that was run has its answer. An answer from before a restart may be told as well.
    package mutating func finished(_ callID: String, _ answer: ToolAnswer) {
        if let begun = orphans.removeValue(forKey: callID) {
            // Whoever asked for it is gone, and so is the name under which it was asked for.
            if !answer.isError, begun.lasts {
                earlier = (earlier + [Self.kept(begun.print, answer)]).suffix(Self.earlierMax)
            }
            return
        }
        if let begun = running.removeValue(forKey: callID), !answer.isError, begun.lasts {
            done.append(Self.kept(begun.print, answer))
            done = done.suffix(Self.earlierMax)
        }
        if answers.updateValue(answer, forKey: callID) == nil { order.append(callID) }
        guard order.count > limits.answersMax else { return }
        answers[order.removeFirst()] = nil
    }

    /// A tool takes too long: its agent is answered without it, but it may yet be done.
    package mutating func overdue(_ callID: String, _ answer: ToolAnswer) {
        guard let begun = running.removeValue(forKey: callID) else { return }
        finished(callID, answer)
        orphans[callID] = begun
    }

    /// The answer of a tool that took too long; nothing when nobody waited for it any more.
    package mutating func finishedLate(_ callID: String, _ answer: ToolAnswer) {
        if orphans[callID] != nil { finished(callID, answer) }
    }

    /// The caller has said something: what the agent does next may be wanted.
    package mutating func callerSpoke() {
        same.removeAll(keepingCapacity: true)
        inTurn = 0
        refusedInTurn = 0
    }

    /// Another agent has the call: what still runs for the last one is done, and answered to
    /// whoever asks for it then.
    package mutating func agentReplaced() {
        earlier = prints
        done = []
        orphans.merge(running) { $1 }
        running.removeAll()
        callerSpoke()
    }

    private func refusal(of name: String, asked: Int) -> String? {
        if runs >= limits.perCallMax {
            return "No more tools can be used in this call. Finish the conversation without them."
        }
        if asked >= limits.sameMax {
            return "\(name) was already called \(asked) times with these arguments. Its result "
                + "will not change. Tell the caller what you know and ask how to go on."
        }
        if inTurn >= limits.perTurnMax {
            return "Too many tools were called since the caller last spoke. Talk to the caller "
                + "before you use another tool."
        }
        return nil
    }

    private static let underWay =
        "This was begun earlier in this call and is not done yet. Talk to the caller, and ask again."

    private static let mayBeDone =
        "This was begun earlier in this call, and whether it was done is not known. Find out before "
        + "you ask for it again."

    private static func kept(_ print: UInt64, _ answer: ToolAnswer) -> ToolPrint {
        let kept = SpokenText(answer.result).clipped(bytesMax: Conversation.turnBytesMax)
        return ToolPrint(print: print, answer: ToolAnswer(result: kept.revealed))
    }

    private mutating func refuse(_ why: String) -> Verdict {
        refusals += 1
        refusedInTurn += 1
        let answer = ToolAnswer(result: why, isError: true)
        return refusedInTurn > limits.refusalsMax ? .giveUp(answer) : .refuse(answer)
    }

    /// The same for the same tool and arguments, in whatever order the arguments come (FNV-1a).
    private static func fingerprint(of tool: AgentToolCall) -> UInt64 {
        var bytes = Array(tool.name.utf8)
        bytes.append(0)
        tool.parameters.ordered.write(to: &bytes)
        return bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

extension JSON {
    /// The same with the members of every object in the order of their names.
    fileprivate var ordered: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.ordered))
        case .object(let members):
            .object(
                members.map { Member($0.name, $0.value.ordered) }.sorted { $0.name < $1.name })
        default: self
        }
    }
}
