import Calls
import Instruments
import Net
import Twilio
import Wire

/// WebSockets: the upgrade is granted here, the door checks what follows.
struct SocketRoutes: Sendable {
    /// The largest message Twilio has reason to send: media is about 400 bytes, and `start`
    /// carries parameters of 500 characters each.
    static let messageBytesMax = 64 * 1024

    let desk: FrontDesk

    /// `GET /api/twilio/stream`: the media stream of one call.
    func stream(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let desk = desk
        let (loop, client) = (exchange.loop, exchange.client)
        let options = WebSocketOptions(
            messageBytesMax: Self.messageBytesMax, pingEvery: .seconds(20))
        return .webSocket(
            WebSocketAcceptance(options: options) { socket in
                StreamDoor.open(socket, on: loop, desk: desk, client: client)
            })
    }
}
