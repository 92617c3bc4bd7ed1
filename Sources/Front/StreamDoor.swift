import Calls
import Instruments
import Synchronization
import Twilio
import Wire

/// Where a stream waits until it has said which call it is and proved it.
///
/// Twilio says `connected`, then `start` with the parameters of our TwiML; until the token is
/// taken nothing else is heard. The socket then moves to the loop on which its call lives.
///
///     connected ─▶ start ─▶ token good, call alive ─▶ moves to its call
///        media or another known message, a bad token, 10 s of nothing ─▶ 1008
///        anything but telephone audio ─▶ 1003
///        an event that we do not know: counted, as it may be one that Twilio adds
final class StreamDoor: MessageSocketHandler {
    private let desk: FrontDesk
    private let loop: any Loop
    private let client: String
    private let timer = Mutex<(any LoopTimer)?>(nil)

    private init(desk: FrontDesk, loop: any Loop, client: String) {
        self.desk = desk
        self.loop = loop
        self.client = client
    }

    /// Takes a socket fresh from its upgrade, which this client asked for.
    static func open(
        _ socket: any MessageSocket, on loop: any Loop, desk: FrontDesk, client: String
    ) {
        let door = StreamDoor(desk: desk, loop: loop, client: client)
        let timer = loop.makeTimer { [weak door] in
            door?.refuse(socket, .late, "no start message in time")
        }
        timer.arm(at: loop.now + desk.doorPatience)
        door.timer.withLock { $0 = timer }
        desk.log.debug("stream.opened", "A stream waits at the door")
        socket.handler = door
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        switch TwilioReading(text, stream: nil) {
        case .message(.connected): return
        case .message(.start(let start)): admit(start, socket)
        case .message(.unknown): desk.meters.streamSurprises.add()
        case .media: refuse(socket, .early, "media before start")
        case .message: refuse(socket, .early, "not a start message")
        case .malformed(let fault): refuse(socket, .malformed, "\(fault)")
        }
    }

    func received(binary: RawSpan, on socket: any MessageSocket) {
        refuse(socket, .binary, "binary message", code: WebSocketClose.unsupportedData)
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        disarm()
    }

    private func admit(_ start: TwilioStart, _ socket: any MessageSocket) {
        do {
            try desk.tickets.redeem(
                start.parameters[StreamToken.parameter], for: start.call,
                wallClock: loop.time.wallClock)
        } catch {
            return refuse(socket, error, start.call)
        }
        guard start.isTelephoneAudio else {
            let format = "\(start.encoding) \(start.sampleRate) Hz, \(start.channels) channels"
            return refuse(
                socket, .format, "not telephone audio: \(LogText.safe(format))",
                code: WebSocketClose.unsupportedData,
                call: start.call)
        }
        if let call = desk.registry.find(start.call) { return hand(socket, start, to: call) }
        // What follows waits, also when the call that asked for the stream must be revived first.
        socket.isReadingPaused = true
        Task(executorPreference: loop.tasks) { [self] in
            let call = await desk.callOrRevived(start.call)
            guard socket.isOpen else { return }
            socket.isReadingPaused = false
            guard let call else {
                return refuse(socket, .noCall, "no such call", call: start.call)
            }
            hand(socket, start, to: call)
        }
    }

    private func hand(_ socket: any MessageSocket, _ start: TwilioStart, to call: Call) {
        disarm()
        socket.move(to: call.loop) { [self] socket in
            // What this process has not seen spent, another may have.
            if !call.takeStream(socket, start) { refuse(socket, .replayed, start.call) }
        }
    }

    private func refuse(
        _ socket: any MessageSocket, _ fault: StreamToken.Fault, _ call: CallSID
    ) {
        refuse(socket, .token(fault), "stream token \(fault.rawValue)", call: call)
    }

    private func refuse(
        _ socket: any MessageSocket, _ cause: DoorRefusal, _ text: String, code: UInt16 = 1008,
        call: CallSID? = nil
    ) {
        guard socket.isOpen else { return }
        disarm()
        desk.meters.streamsRefused[cause.name].add()
        desk.log.write(
            .warning, "stream.refused", "[WebSocket] Stream refused",
            (call.map { [.callSID($0.text)] } ?? []) + [.reason(text), LogField("PEER", client)])
        socket.close(code: code, reason: text)
    }

    private func disarm() {
        timer.withLock {
            $0?.disarm()
            $0 = nil
        }
    }
}

/// Why a stream did not get past the door.
enum DoorRefusal: Equatable {
    case late, early, malformed, binary, format, noCall
    case token(StreamToken.Fault)

    /// A short constant name for counting.
    var name: String {
        switch self {
        case .late: "late"
        case .early: "early"
        case .malformed: "malformed"
        case .binary: "binary"
        case .format: "format"
        case .noCall: "no_call"
        case .token(let fault): "token_\(fault.rawValue)"
        }
    }
}
