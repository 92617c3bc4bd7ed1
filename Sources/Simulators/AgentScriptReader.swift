import Recordings
import Wire

/// Reads an agent's script. A line is a comment (`#`), the head of a part, or a step of the part
/// above it; blanks at the ends do not matter. Words in quotes take `\"`, `\\` and `\n`.
///
///     language en
///
///     greeting                          said at once; leave it out and the caller begins
///       say agent-en-greeting           a recording of this program, with its words
///       say "Hello, {{caller_name}}."   words alone: spoken as a murmur of their length;
///                                       braces make the variable required
///     turn "A table for two, please."   after the caller's first turn; the words are what the
///                                       recogniser understood (a recording's name will do)
///       wait 300ms                      thinking time
///       client-tool NAME {"a": 1}       a tool the client runs; `no-reply` or `timeout 5s`
///                                       may stand before the object
///       webhook-tool NAME POST URL {}   a tool behind an address
///       end-call "why"                  closes 1000 when the audio is sent
///       fault cut                       a failure (see PlannedFault)
///     turn                              after the second turn, and so on
///     when "word"                       after a text message that holds the word
///     otherwise                         when the turns are used up
///     silence 10s                       when the caller has said nothing for so long
package struct AgentScriptReader {
    private enum Part {
        case none, greeting, turn, reply, otherwise, silence
    }

    /// A script has no more lines.
    package static let linesMax = 2000

    private var script = AgentScript()
    private var part = Part.none
    private var line = 0

    /// Reads a whole script; a fault names its line.
    package static func read(_ text: String) throws(AgentScriptError) -> AgentScript {
        var reader = AgentScriptReader()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            reader.line += 1
            guard reader.line <= linesMax else {
                throw reader.fault("the script has more than \(linesMax) lines")
            }
            try reader.take(ScriptLine(String(line)))
        }
        return reader.script
    }

    private init() {}

    private func fault(_ reason: String) -> AgentScriptError {
        AgentScriptError(line: line, reason: reason)
    }

    private mutating func take(_ content: ScriptLine) throws(AgentScriptError) {
        var rest = content
        guard let word = rest.word() else { return }
        switch word {
        case "language":
            guard let code = rest.word(), code.count == 2 || code.contains("-") else {
                throw fault("language needs a code such as en")
            }
            script.language = code
        case "greeting": part = .greeting
        case "otherwise": part = .otherwise
        case "turn":
            part = .turn
            script.turns.append(.init(heard: try words(&rest, else: "...").text, steps: []))
        case "when":
            part = .reply
            guard let text = try quoted(&rest) else { throw fault("when needs \"words\"") }
            script.replies.append(.init(word: text, steps: []))
        case "silence":
            part = .silence
            let after = try duration(&rest)
            guard after >= .seconds(1) else { throw fault("a silence lasts a second or more") }
            script.silence = .init(after: after, steps: [])
        default: try add(step(word, &rest))
        }
        guard rest.isEmpty else { throw fault("\(rest.text) is not understood here") }
    }

    private mutating func add(_ step: AgentScript.Step) throws(AgentScriptError) {
        switch part {
        case .none: throw fault("a step stands before the first greeting, turn or otherwise")
        case .greeting: script.greeting.append(step)
        case .turn: script.turns[script.turns.count - 1].steps.append(step)
        case .reply: script.replies[script.replies.count - 1].steps.append(step)
        case .otherwise: script.otherwise.append(step)
        case .silence: script.silence?.steps.append(step)
        }
    }

    private func step(
        _ word: String, _ rest: inout ScriptLine
    ) throws(AgentScriptError) -> AgentScript.Step {
        switch word {
        case "say": return .say(try words(&rest, else: nil))
        case "wait": return .wait(try duration(&rest))
        case "client-tool": return .clientTool(try clientTool(&rest))
        case "webhook-tool": return .webhookTool(try webhookTool(&rest))
        case "end-call": return .endCall(reason: try quoted(&rest) ?? "the script ended")
        case "fault":
            do throws(ScriptedFaultError) {
                let planned = try PlannedFault(rest.word() ?? "")
                guard planned.fault.isMoment else {
                    throw ScriptedFaultError("this fault cannot begin in the middle")
                }
                return .fail(planned.fault)
            } catch {
                throw fault(error.reason)
            }
        default:
            throw fault(
                "unknown word \(word); known are language, greeting, turn, when, otherwise, "
                    + "silence, say, wait, client-tool, webhook-tool, end-call, fault")
        }
    }

    private func clientTool(
        _ rest: inout ScriptLine
    ) throws(AgentScriptError) -> AgentScript.ClientTool {
        guard let name = rest.word() else { throw fault("client-tool needs a name") }
        var tool = AgentScript.ClientTool(name: name, parameters: "{}")
        while let option = rest.next, option != "{" {
            switch rest.word() {
            case "no-reply": tool.expectsReply = false
            case "timeout": tool.timeout = try duration(&rest)
            case let other: throw fault("\(other ?? "") is neither no-reply nor timeout")
            }
        }
        tool.parameters = try object(&rest)
        return tool
    }

    private func webhookTool(
        _ rest: inout ScriptLine
    ) throws(AgentScriptError) -> AgentScript.WebhookTool {
        guard let name = rest.word(), let method = rest.word(), let url = rest.word() else {
            throw fault("webhook-tool needs a name, a method and an address")
        }
        guard ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(method) else {
            throw fault("\(method) is no method")
        }
        return AgentScript.WebhookTool(
            name: name, method: method, url: url, parameters: try object(&rest))
    }

    /// A recording's name or quoted words.
    private func words(
        _ rest: inout ScriptLine, else other: String?
    ) throws(AgentScriptError) -> AgentScript.Utterance {
        if let text = try quoted(&rest) { return .init(text) }
        guard let name = rest.word() else {
            guard let other else { throw fault("say needs a recording or \"words\"") }
            return .init(other)
        }
        guard let voice = RecordedVoice.named(name) else {
            let known = RecordedVoice.all.map(\.name).joined(separator: ", ")
            throw fault("there is no recording \(name); there are \(known)")
        }
        return .init(voice.text, recording: voice.name)
    }

    private func quoted(_ rest: inout ScriptLine) throws(AgentScriptError) -> String? {
        guard rest.next == "\"" else { return nil }
        guard let text = rest.quoted() else { throw fault("a quotation does not end") }
        return text
    }

    private func duration(_ rest: inout ScriptLine) throws(AgentScriptError) -> Duration {
        guard let word = rest.word(), let value = Duration(plain: word) else {
            throw fault("a duration such as 300ms or 10s is missing")
        }
        return value
    }

    private func object(_ rest: inout ScriptLine) throws(AgentScriptError) -> String {
        let text = rest.takeAll()
        guard !text.isEmpty else { return "{}" }
        guard (try? JSON(parsing: text))?.members != nil else {
            throw fault("\(text) is no JSON object")
        }
        return text
    }
}

/// What is wrong with a script, and where.
package struct AgentScriptError: Error, Equatable {
    /// Counted from 1.
    package var line: Int
    package var reason: String
}

/// One line, read from the left.
private struct ScriptLine {
    private var rest: Substring

    init(_ line: String) {
        rest = line.trimmed[...]
        if rest.hasPrefix("#") { rest = "" }
    }

    var isEmpty: Bool { rest.isEmpty }
    var text: String { String(rest) }
    var next: Character? { rest.first }

    mutating func word() -> String? {
        let word = rest.prefix { !$0.isWhitespace }
        advance(by: word.count)
        return word.isEmpty ? nil : String(word)
    }

    mutating func quoted() -> String? {
        var result = ""
        var escaped = false
        for (offset, character) in rest.enumerated().dropFirst() {
            if escaped {
                result.append(character == "n" ? "\n" : character)
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else if character == "\"" {
                advance(by: offset + 1)
                return result
            } else {
                result.append(character)
            }
        }
        return nil
    }

    mutating func takeAll() -> String {
        defer { rest = "" }
        return String(rest)
    }

    private mutating func advance(by count: Int) {
        rest = rest.dropFirst(count).drop(while: \.isWhitespace)
    }
}
