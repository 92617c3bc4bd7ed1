/// Hands the caller to one of the destinations that their number allows.
///
/// `{"destination": "reception", "summary"?: "what the other party hears before they accept"}`
struct TransferCall: ClientTool {
    let name = "transfer_call"
    /// A caller who is back was not connected, and may be once more.
    let lasts = false

    func run(_ arguments: ToolArguments, for call: Call) async throws(ToolFault) -> String {
        let name = try arguments.text("destination", bytesMax: 64)
        let whisper = try arguments.textIfAny("summary")
        return try await call.obey(
            .transfer(to: name, whisper: whisper), "The caller is being connected.")
    }
}

/// Takes the caller to the number's human for emergencies, at once and without being asked to wait
/// for the agent's last words.
///
/// `{"reason"?: "…"}`, which nobody reads.
struct EmergencyTransfer: ClientTool {
    let name = "register_emergency_transfer"
    /// As for a transfer.
    let lasts = false

    func run(_ arguments: ToolArguments, for call: Call) async throws(ToolFault) -> String {
        guard await call.emergency() else {
            throw ToolFault("This number has nobody for emergencies. Tell the caller to dial 112.")
        }
        return "The caller is being connected."
    }
}

/// Ends the call once the agent's last words were played.
///
/// `{"reason"?: "…"}`, which nobody reads.
struct EndCall: ClientTool {
    let name = "end_call"
    /// A call that goes on all the same may be ended again.
    let lasts = false

    func run(_ arguments: ToolArguments, for call: Call) async throws(ToolFault) -> String {
        try await call.obey(.end, "The call ends when you have finished speaking.")
    }
}

/// Plays keys to whatever listens at the other end.
///
/// `{"digits": "12w3#"}`; `w` waits half a second, `W` a second.
struct SendKeys: ClientTool {
    private static let keysMax = 32

    let name = "send_dtmf"

    func run(_ arguments: ToolArguments, for call: Call) async throws(ToolFault) -> String {
        let keys = try arguments.text("digits", bytesMax: Self.keysMax)
        return try await call.obey(.digits(keys), "The keys are being played.")
    }
}

extension Call {
    /// Carries out what the agent ordered through a tool.
    fileprivate func obey(_ order: Order, _ answer: String) throws(ToolFault) -> String {
        do { try carryOut(order, by: .agent) } catch { throw ToolFault(error.reason) }
        return answer
    }
}
