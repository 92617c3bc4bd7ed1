import Simulators
import Wire

/// Somebody who has overheard how a stream proved itself and does the same again: they get nothing.
// Safe because a house lives on the one thread that runs its loop.
final class Thief: MessageSocketHandler, @unchecked Sendable {
    /// The door's own patience, and weather.
    private static let refusedWithin: Duration = .seconds(12)

    private let line: TelephoneLine
    private let socket: MemorySocket
    private var isRefused = false

    init(_ line: TelephoneLine, _ socket: MemorySocket) {
        self.line = line
        self.socket = socket
    }

    /// Comes with what it has overheard.
    func steal(_ parameters: [TwiMLScript.Parameter]) async {
        line.diary.saw("a token was stolen")
        socket.handler = self
        let start = StreamEnd.start("MZ\(line.dice.hex(digits: 32))", line.sid.text, parameters)
        socket.sendText(capacity: start.utf8.count) { $0.append(start) }
        await line.loop.pause(for: Self.refusedWithin)
        if !isRefused { line.violated("a stolen token opened a stream") }
        socket.abort()
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        line.violated("whoever stole a token was spoken to")
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) { isRefused = true }
}
