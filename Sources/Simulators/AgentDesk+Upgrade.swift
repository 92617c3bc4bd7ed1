import Instruments
import Net
import Wire

/// The conversation socket's door.
extension AgentDesk {
    /// Messages of 2 MiB and more are among the faults this service can play.
    private static let socketOptions = WebSocketOptions(
        messageBytesMax: 4 << 20, queueBytesMax: 16 << 20)

    func upgrade(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        for planned in house.options.manners.faults {
            switch planned.fault {
            case .refuseUpgrade(let status):
                return .respond(.detail(status, "refused", "The upgrade is refused"))
            case .slowUpgrade(let delay): await loop.pause(for: delay)
            default: break
            }
        }
        let offered = request.fields.values("Sec-WebSocket-Protocol").joined(separator: ",")
        let offers = offered.split(separator: ",").map { $0.trimmed }
        let admission = admit(request)
        let house = house
        return .webSocket(
            WebSocketAcceptance(
                subprotocol: offers.contains("convai") ? "convai" : nil,
                options: Self.socketOptions
            ) { socket in
                switch admission {
                case .welcome(let agentID, let authorization):
                    house.converse(
                        house.newConversationID(), agentID: agentID,
                        authorization: authorization, on: socket, loop)
                case .refused(let reason):
                    socket.handler = Refusal()
                    socket.close(code: WebSocketClose.policyViolation, reason: reason)
                }
            })
    }

    private enum Admission {
        case welcome(agentID: String, authorization: String)
        case refused(String)
    }

    /// A stranger is let in and sent away with 1008, as the service does.
    private func admit(_ request: HTTPRequest) -> Admission {
        let options = house.options
        let query = (try? Form(queryOf: request)) ?? Form()
        guard house.shelf.livingCount < options.conversationsMax else {
            return .refused("Too many concurrent conversations")
        }
        guard let agentID = query["agent_id"] else {
            // A call handed over by register-call names its conversation in the stream.
            return request.query == nil
                ? .welcome(agentID: options.agentIDs.first ?? "agent", authorization: "invalid")
                : .refused("Missing agent_id")
        }
        guard options.knows(agentID) else {
            return .refused("The AI agent you are trying to reach does not exist.")
        }
        if let signature = query["conversation_signature"] {
            return house.open(signature, agentID: agentID)
                ? .welcome(agentID: agentID, authorization: "signed_url")
                : .refused("The signed URL is invalid or has expired.")
        }
        if let claim = request.fields["xi-api-key"] {
            guard options.apiKey.map({ Secret.same($0.revealed, claim) }) ?? true else {
                return .refused("Invalid API key")
            }
            return .welcome(agentID: agentID, authorization: "authorization_header")
        }
        return options.isPrivate
            ? .refused("Could not authorize the conversation.")
            : .welcome(agentID: agentID, authorization: "public")
    }
}

/// Hears nothing: for a socket that is closed as soon as it is open.
private final class Refusal: MessageSocketHandler {
    func received(text: RawSpan, on socket: any MessageSocket) {}
    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {}
}
