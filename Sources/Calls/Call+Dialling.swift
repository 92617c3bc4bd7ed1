import Audio
package import ElevenLabs
package import Wire

/// The agent's leg: dialled, opened, told what it needs to know, let go.
extension Call {
    /// Dials the agent of this key; what an earlier dial still brings is turned away.
    func dialAgent(_ key: String) {
        // One that said goodbye, while its last words were played, left its conversation open.
        endConversation()
        dialNumber += 1
        facts.agent = key
        let number = dialNumber
        dialing = Task(executorPreference: loop.tasks) { [services, loop] in
            do throws(DialFault) {
                let socket = try await services.dialer.dial(agent: key, on: loop)
                await self.agentDialled(socket, number)
            } catch {
                await self.agentFailed(error, number)
            }
        }
    }

    /// A dial brought a socket.
    package func agentDialled(_ socket: any MessageSocket, _ number: Int) {
        recorder?.heard(.dialled(number))
        let socket = recorder?.listening(to: socket) ?? socket
        // The call may have ended, or given up on the dial, while it was under way.
        guard number == dialNumber, machine.isDialing, agentSocket == nil else {
            return socket.close(code: WebSocketClose.normal, reason: "call is over")
        }
        dialing = nil
        agentSocket = socket
        agentError = nil
        agentSilence = SilenceWatch()
        facts.conversation = nil
        wasGreeted = wasGreeted || agentWasHeard
        agentWasHeard = false
        socket.handler = AgentPort(self)
        tell(.agentConnected)
        take(.agentOpened)
    }

    /// A dial brought none.
    package func agentFailed(_ fault: DialFault, _ number: Int) {
        recorder?.heard(.dialFailed(number, fault))
        guard number == dialNumber, machine.isDialing else { return }
        dialing = nil
        tellLoss(fault.reason, fault.detail)
        take(.agentGone(fault.reason))
    }

    /// An agent lost before the caller is there is dialled again with the stream; one that refuses
    /// is not, and that is an error at any time.
    private func tellLoss(_ reason: EndReason, _ detail: String) {
        let isDialledAgain = callerSocket == nil && (reason.mayPass || reason == .agentEnded)
        tell(
            isDialledAgain
                ? .agentLostEarly(reason, detail: detail) : .agentFailed(reason, detail: detail))
    }

    /// Opens the conversation.
    func sendSetup() {
        var setup = ticket.setup(version: limits.version)
        if wasGreeted && mayBeginWithoutGreeting { setup.overrides.firstMessage = "" }
        send(setup.json)
    }

    /// The agent lets us leave out its first sentence.
    private var mayBeginWithoutGreeting: Bool {
        ticket.plan.manner(of: facts.agent).mayOverrideFirstMessage
    }

    /// The agent is there: audio flows both ways.
    func openGate() {
        guard let socket = agentSocket else { return }
        uplink.open(to: socket, &tally)
        tellAgentTheStory()
        let isAsked = wasGreeted ? tellAgentToGoOn() : tellAgentTheNews()
        conversations += 1
        beginGuarding()
        if isAsked || owesFirstWord { agentOwesAnswer() }
        remember()
    }

    private func tellAgentTheStory() {
        let story = conversation.recap(bytesMax: limits.recapBytesMax)
        if !story.isEmpty { send(AgentCommand.contextualUpdate(story, id: "callbridge")) }
    }

    /// A later conversation of the same call goes on where the one before it stopped.
    private func tellAgentToGoOn() -> Bool {
        if !mayBeginWithoutGreeting { downlink.muteGreeting() }
        send(
            AgentCommand.userMessage(
                "(The connection was interrupted and is back. Go on where the conversation "
                    + "stopped, and do not greet again. \(pad.text ?? ""))"))
        return true
    }

    /// Whoever typed while the telephone rang has said something: an agent that greets hears of it
    /// beside its greeting, one that waits for the caller has its turn. True when it has.
    private func tellAgentTheNews() -> Bool {
        guard let news = pad.text else { return false }
        guard ticket.plan.manner(of: facts.agent).waitsForCaller else {
            send(AgentCommand.contextualUpdate(news, id: "callbridge"))
            return false
        }
        send(AgentCommand.userMessage("(\(news))"))
        return true
    }

    /// The caller is back with an agent who never left.
    func welcomeBack() {
        let gap = awaySince.map { time - $0 } ?? .zero
        let what =
            "The caller was away for \(gap.components.seconds) seconds and is back. What you said "
            + "in the meantime was not heard."
        toldNews.tell(pad, after: agentMessages)
        let news = pad.take()
        beginGuarding()
        guard hasLostWords || news != nil else {
            send(AgentCommand.contextualUpdate(what, id: "callbridge"))
            if owesFirstWord || isOwedAnswer { agentOwesAnswer() }
            return
        }
        // Neither would speak: the one has been cut off, the other waits for an answer.
        let goOn = news ?? "Go on where the conversation stopped."
        send(AgentCommand.userMessage("(\(what) \(goOn))"))
        agentOwesAnswer()
    }

    /// Sends a message that is rare enough to be built as a tree.
    func send(_ message: JSON) {
        let bytes = message.bytes
        agentSocket?.sendText(capacity: bytes.count) { writer in
            bytes.withUnsafeBytes { writer.append($0) }
        }
    }

    /// Closes the agent's socket in the ordinary way, and gives up a dial.
    func closeAgent() {
        dialNumber += 1
        dialing?.cancel()
        dialing = nil
        agentSocket?.close(code: WebSocketClose.normal, reason: "call is over")
        agentSocket = nil
        endConversation()
    }

    /// The agent is gone; what it said is still played to a caller who is there, and the next one
    /// begins anew.
    private func endConversation() {
        uplink.shut()
        downlink.endConversation()
        if callerSocket == nil { downlink.forget() }
        conversation.agentReplaced()
        pad.putBack(toldNews.take(after: agentMessages))
        toolGuard.agentReplaced()
        pauseGuarding()
    }

    /// The agent's leg is as good as dead.
    func loseAgent(_ reason: EndReason, _ detail: String) {
        let socket = agentSocket
        agentSocket = nil
        socket?.abort()
        endConversation()
        tell(.agentFailed(reason, detail: detail))
        take(.agentGone(reason))
    }

    /// The agent's socket is no more.
    func agentClosed(_ closure: SocketClosure, on socket: any MessageSocket) {
        guard socket === agentSocket else { return }
        agentSocket = nil
        uplink.shut()
        let close = AgentClose(closure, after: agentError)
        let reason = whyGone(EndReason(close))
        if callerSocket == nil || reason != .agentEnded { tellLoss(reason, "\(close)") }
        if reason != .agentEnded { endConversation() }
        take(.agentGone(reason))
    }

    /// Why the agent's leg is over when its socket ended for `reason`: an agent of which nothing
    /// was ever heard has not said goodbye.
    private func whyGone(_ reason: EndReason) -> EndReason {
        let reason = machine.whyGone(reason)
        guard reason == .agentEnded, callerSocket != nil else { return reason }
        return agentWasHeard ? reason : .providerSilent
    }
}

extension EndReason {
    /// What the end of the agent's socket makes the call's reason.
    package init(_ close: AgentClose) {
        self =
            switch close.meaning {
            case .ended, .durationReached, .callerSilent, .closedByUs: .agentEnded
            case .tooMany, .refused: .providerRefused
            case .quotaExceeded: .providerQuota
            case .unauthorized, .misconfigured, .overrideRefused, .variableMissing:
                .agentMisconfigured
            case .invalidMessage: .callbridgeError
            case .unsafe, .serviceFault: .providerError
            case .lost: .providerLost
            }
    }
}
