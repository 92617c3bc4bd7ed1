import Instruments
import Wire

// What the clock brings: pings, and the end of our patience.
extension WebSocketConnection {
    /// The timer waits for the next ping, or for the answer to our close frame.
    func startTimer() {
        let now = connection.loop.now
        let deadline: Duration
        switch stage {
        case .open:
            guard let every = options.pingEvery else { return }
            deadline = now + every
        case .closing: deadline = now + options.closeTimeout
        case .closed: return
        }
        // Held strongly until `over`: a weak reference would move the counts of this object, which
        // every message touches, to a side table.
        let timer = timer ?? connection.loop.makeTimer { self.alarm() }
        timer.arm(at: deadline)
        self.timer = timer
    }

    func alarm() {
        switch stage {
        case .open:
            if pulse.isSilent, !isPaused, receiver != nil {
                observer?.saw(.timedOut(.pong), from: connection.peer)
                connection.close()
                return over(.lost, WebSocketClose.lost, "no answer to a ping")
            }
            ping()
            startTimer()
        case .closing:
            observer?.saw(.timedOut(.close), from: connection.peer)
            connection.close()
            over(.us, WebSocketClose.lost, "no close frame came in time")
        case .closed: break
        }
    }
}
