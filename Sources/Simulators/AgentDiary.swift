/// What a conversation was: turns, tools, ends and findings, as the service will report it.
package struct AgentDiary: Sendable, Equatable {
    /// One thing said or done.
    package struct Entry: Sendable, Equatable {
        /// `agent` or `user`.
        package var role: String
        package var message: String?
        package var original: String?
        package var time: Duration
        package var isInterrupted = false
        package var tool: Tool?
    }

    /// A tool call and its result.
    package struct Tool: Sendable, Equatable {
        package var name: String
        package var callID: String
        package var type: String
        package var parameters: String
        package var result: String?
        package var isError = false
        package var latency: Duration?
    }

    /// How the conversation ended.
    package struct End: Sendable, Equatable {
        package var reason: String
        package var code: UInt16
        package var isFailure: Bool
        package var time: Duration
    }

    /// No conversation has more; what comes later is not written down.
    package static let entriesMax = 2000
    package static let findingsMax = 50

    /// What opened the conversation.
    package var setup = ClientSetup()
    /// Turns and tool calls, in order.
    package private(set) var entries: [Entry] = []
    /// What the client did against the rules.
    package private(set) var findings: [String] = []
    /// How it ended; nil while it goes on.
    package private(set) var end: End?
    /// When the socket was accepted.
    package var began: Duration = .zero

    package init() {}

    mutating func add(_ entry: Entry) {
        if entries.count < Self.entriesMax { entries.append(entry) }
    }

    mutating func find(_ finding: String) {
        if findings.count < Self.findingsMax { findings.append(finding) }
    }

    /// The newest turn of the agent was cut short.
    mutating func interrupt(heard: String) {
        guard let index = entries.lastIndex(where: { $0.role == "agent" && $0.tool == nil })
        else { return }
        let whole = entries[index].message
        entries[index].original = whole
        entries[index].message = heard
        entries[index].isInterrupted = true
    }

    mutating func finishTool(_ callID: String, result: String, isError: Bool, at now: Duration) {
        guard let index = entries.lastIndex(where: { $0.tool?.callID == callID }) else { return }
        entries[index].tool?.result = result
        entries[index].tool?.isError = isError
        let began = entries[index].time
        entries[index].tool?.latency = now - began
    }

    mutating func rename(end reason: String) { end?.reason = reason }

    /// The first end stays.
    mutating func close(_ end: End) {
        if self.end == nil { self.end = end }
    }
}
