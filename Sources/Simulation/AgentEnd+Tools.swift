import Instruments
import Simulators
import Wire

/// What an agent asks of its tools, and what it may expect of their answers.
extension AgentEnd {
    /// Tools have ten seconds; the rest is weather.
    private static let answerMax: Duration = .seconds(13)

    /// Asks for a tool, which has to be answered.
    func use(_ tool: AgentTemper.Tool) {
        toolsAsked += 1
        // The service gives every request a name of its own.
        let id = "tool_\(house.agents.count)_\(toolsAsked)"
        house.diary.saw("tool: \(tool.name)")
        toolsWaiting.insert(id)
        if case .book = tool { line?.dieOnce { !$0.tools.isEmpty } }
        say(
            #"{"type":"client_tool_call","client_tool_call":{"tool_name":"\#(tool.name)","tool_call_id":"\#(id)","parameters":\#(tool.arguments),"expects_response":true}}"#
        )
        Task(executorPreference: loop.tasks) {
            await self.loop.pause(for: Self.answerMax)
            guard !self.isClosed, !self.isDeaf, self.toolsWaiting.contains(id) else { return }
            self.violated("a tool was not answered: \(tool.name)")
        }
    }

    /// A tool's answer has come.
    func toolAnswered(_ json: JSON) {
        guard let id = json["tool_call_id"]?.text, toolsWaiting.remove(id) != nil else { return }
        let isError = json["is_error"] == .bool(true)
        house.diary.saw(isError ? "tool answered: an error" : "tool answered")
        if !isError, json["result"]?.text?.contains("already done") ?? false {
            house.diary.saw("tool done before was not done again")
        }
    }
}

extension AgentTemper {
    /// A tool that an agent uses.
    enum Tool: Sendable, Equatable {
        /// The simulation's own, which must not be done twice; which of few.
        case book(Int)
        case transfer, transferNowhere, emergency, end, keys, wrongKeys
        /// One that nobody has.
        case juggle

        var name: String {
            switch self {
            case .book: SimulatedTool.toolName
            case .transfer, .transferNowhere: "transfer_call"
            case .emergency: "register_emergency_transfer"
            case .end: "end_call"
            case .keys, .wrongKeys: "send_dtmf"
            case .juggle: "juggle"
            }
        }

        var arguments: String {
            switch self {
            case .book(let slot): #"{"slot":"\#(slot)"}"#
            case .transfer: #"{"destination":"reception","summary":"a caller"}"#
            case .transferNowhere: #"{"destination":"+15550100666"}"#
            case .emergency: #"{"reason":"pain"}"#
            case .end, .juggle: "{}"
            case .keys: #"{"digits":"1w2#"}"#
            case .wrongKeys: #"{"digits":"one"}"#
            }
        }

        /// With how many chances each is drawn.
        static let drawn: [Tool] = [
            .book(1), .book(1), .book(2), .transfer, .transfer, .transferNowhere, .emergency, .end,
            .end, .keys, .wrongKeys,
        ]
    }
}
