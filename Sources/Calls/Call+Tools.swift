import ElevenLabs
import Wire

/// The agent's tools: guarded against circles, run beside the audio, answered in time.
extension Call {
    /// The agent asks for a tool.
    func useTool(_ request: AgentToolCall) {
        let tool = services.tools[request.name]
        switch toolGuard.request(request, lasts: tool?.lasts ?? false) {
        case .run:
            guard let tool else { return refuseTool(request) }
            run(tool, request)
        case .repeated(let answer): reply(answer, to: request)
        case .running: break
        case .refuse(let answer):
            count(.toolRefused)
            reply(answer, to: request)
        case .giveUp(let answer):
            count(.toolRefused)
            reply(answer, to: request)
            loseAgent(.agentToolLoop, "it calls its tools over and over")
        }
    }

    /// A tool the daemon has not: the agent is told at once, since it would wait.
    private func refuseTool(_ request: AgentToolCall) {
        count(.toolUnknown)
        let names = services.tools.names.joined(separator: ", ")
        let answer = ToolAnswer(
            result: "There is no tool \(request.name). There are: \(names).", isError: true)
        toolGuard.finished(request.callID, answer)
        reply(answer, to: request)
    }

    private func run(_ tool: any ClientTool, _ request: AgentToolCall) {
        tell(.toolRequested(name: request.name))
        silence.hold(.tool, at: time)
        answers.toolBegan(at: time)
        toolsRunning[request.callID] = RunningTool(
            request: request, dial: dialNumber, began: time, deadline: time + tool.timeout)
        // Should this process die now, the next one knows that it may have been done.
        remember()
        armGuards()
        Task(executorPreference: loop.tasks) {
            let answer: ToolAnswer
            do throws(ToolFault) {
                let arguments = ToolArguments(request.parameters)
                answer = ToolAnswer(result: try await tool.run(arguments, for: self))
            } catch {
                answer = ToolAnswer(result: error.text, isError: true)
            }
            await self.toolAnswered(request.callID, answer)
        }
    }

    /// A tool has done its work.
    package func toolAnswered(_ callID: String, _ answer: ToolAnswer) {
        recorder?.heard(.toolDone(callID: callID, answer))
        guard toolsRunning[callID] == nil else { return toolDone(callID, answer) }
        toolGuard.finishedLate(callID, answer)
        remember()
    }

    /// Gives up tools that take too long; what they still answer is kept, lest it be done twice.
    func checkTools(at now: Duration) {
        for tool in toolsRunning.values where tool.deadline <= now {
            let name = tool.request.name
            let answer = ToolAnswer(result: "\(name) did not answer in time.", isError: true)
            toolGuard.overdue(tool.request.callID, answer)
            toolDone(tool.request.callID, answer, isOverdue: true)
        }
    }

    private func toolDone(_ callID: String, _ answer: ToolAnswer, isOverdue: Bool = false) {
        guard let tool = toolsRunning.removeValue(forKey: callID) else { return }
        let request = tool.request
        if !isOverdue { toolGuard.finished(callID, answer) }
        conversation.toolDone(name: request.name, callID: callID, answer: answer)
        remember()
        guard !isOver else { return }
        if tool.dial == dialNumber { answers.toolEnded(at: time) }
        if toolsRunning.isEmpty { silence.release(.tool, at: time) }
        tell(.toolDone(name: request.name, isError: answer.isError, took: time - tool.began))
        // Another agent knows nothing of this request; it is told the story instead.
        if tool.dial == dialNumber { reply(answer, to: request) }
        armGuards()
        guard toolsRunning.isEmpty, let input = afterTools else { return }
        afterTools = nil
        take(input)
    }

    private func reply(_ answer: ToolAnswer, to request: AgentToolCall) {
        guard request.expectsResponse else { return }
        send(
            AgentCommand.toolResult(
                callID: request.callID, result: answer.result, isError: answer.isError))
    }
}

/// A tool under way.
struct RunningTool: Sendable {
    var request: AgentToolCall
    /// The dial that brought the agent who asked.
    var dial: Int
    var began: Duration
    /// When the agent is told that it takes too long.
    var deadline: Duration
}
