/// Twilio's playout of one bidirectional stream: what the caller hears of what the server sent.
///
///     media ──▶ ┌─────────────────────────────┐   160 bytes     the caller's ear
///     mark  ──▶ │ audio, mark, audio, mark …  │ ──every 20 ms──▶ (HeardAudio)
///     clear ──▶ └─────────────────────────────┘ ──▶ marks that were reached
///
/// One queue of audio and marks, played at 8000 bytes a second on a clock of 20 ms ticks since
/// the stream began, never faster. A mark is echoed when the audio before it has been played to
/// its end, at once when there is none, and when `clear` throws that audio away. An empty queue
/// is silence. Twilio, Media Streams, "WebSocket messages": media, mark, clear.
package struct StreamPlayout: Sendable, Equatable {
    /// What a playout asks to be told or done.
    package enum Event: Sendable, Equatable {
        /// To be sent back to the server.
        case markReached(String)
        /// Twilio's debugger code, here 31931 only.
        case warning(Int)
    }

    private enum Item: Sendable, Equatable {
        case audio([UInt8])
        case mark(String)
    }

    /// One frame of mu-law at 8 kHz.
    package static let frameBytes = 160
    /// How long one frame lasts.
    package static let frameTime: Duration = .milliseconds(20)
    /// Ten minutes of audio; more is thrown away with warning 31931.
    package static let queueBytesMax = 600 * 8000

    private static let headMax = 256

    private var queue: [Item] = []
    // Items before this one were played; they are removed a few hundred at a time.
    private var head = 0
    private var headOffset = 0
    private var nextTick = 0
    // A frame began at the last tick and ends at the next.
    private var isPlaying = false
    private let began: Duration
    // Reached in the frame that is being played: echoed when it ends.
    private var passed: [String] = []
    private var toldOfOverflow = false

    /// Audio bytes waiting to be played.
    package private(set) var queuedBytes = 0
    /// Bytes thrown away by `clear` so far.
    package private(set) var clearedBytes = 0
    /// What the caller heard so far.
    package private(set) var heard: HeardAudio

    /// A playout whose clock starts at `began`.
    package init(began: Duration, keepsAudio: Bool = true) {
        self.began = began
        heard = HeardAudio(keepsAudio: keepsAudio)
    }

    /// True when nothing is being played or waits to be.
    package var isQuiet: Bool { queuedBytes == 0 && !isPlaying }

    /// When something happens without further input; nil: nothing does.
    package var deadline: Duration? {
        isQuiet ? nil : began + Self.frameTime * nextTick
    }

    /// Queues audio; its first byte plays from the next tick on.
    package mutating func media(_ bytes: [UInt8], at now: Duration) -> [Event] {
        var events = advance(to: now)
        let room = Self.queueBytesMax - queuedBytes
        if bytes.count > room, !toldOfOverflow {
            toldOfOverflow = true
            events.append(.warning(31931))
        }
        let taken = bytes.count <= room ? bytes : Array(bytes.prefix(room))
        if !taken.isEmpty {
            queue.append(.audio(taken))
            queuedBytes += taken.count
        }
        return events
    }

    /// Queues a mark behind the audio that is waiting.
    package mutating func mark(_ name: String, at now: Duration) -> [Event] {
        var events = advance(to: now)
        if isQuiet {
            events.append(.markReached(name))
        } else if queuedBytes == 0 {
            passed.append(name)
        } else {
            queue.append(.mark(name))
        }
        return events
    }

    /// Throws the waiting audio away and echoes every waiting mark, in order.
    package mutating func clear(at now: Duration) -> [Event] {
        var events = advance(to: now)
        events += passed.map { .markReached($0) }
        for item in queue[head...] {
            if case .mark(let name) = item { events.append(.markReached(name)) }
        }
        clearedBytes += queuedBytes
        queue = []
        head = 0
        headOffset = 0
        queuedBytes = 0
        passed = []
        return events
    }

    /// Plays everything due by now.
    package mutating func advance(to now: Duration) -> [Event] {
        var events: [Event] = []
        while began + Self.frameTime * nextTick <= now {
            if isQuiet {
                skipToTick(after: now)
                break
            }
            tick(&events)
        }
        return events
    }

    /// The frame before this tick has ended; the next one starts.
    private mutating func tick(_ events: inout [Event]) {
        events += passed.map { .markReached($0) }
        passed = []
        let moment = Self.frameTime * nextTick
        nextTick += 1
        var played = 0
        while head < queue.count, let next = nextBytes(atMost: Self.frameBytes - played) {
            heard.add(next, at: moment + .microseconds(played * 125))
            played += next.count
        }
        isPlaying = played > 0
        if head == queue.count || head > Self.headMax {
            queue.removeFirst(head)
            head = 0
        }
    }

    /// Takes the next bytes off the queue and notes the marks passed on the way; nil when the
    /// frame is full.
    private mutating func nextBytes(atMost wanted: Int) -> ArraySlice<UInt8>? {
        switch queue[head] {
        case .mark(let name):
            passed.append(name)
            head += 1
            return []
        case .audio(let bytes):
            guard wanted > 0 else { return nil }
            let end = min(headOffset + wanted, bytes.count)
            let taken = bytes[headOffset..<end]
            queuedBytes -= taken.count
            headOffset = end
            if headOffset == bytes.count {
                head += 1
                headOffset = 0
            }
            return taken
        }
    }

    private mutating func skipToTick(after now: Duration) {
        nextTick = Int((now - began).microseconds / Self.frameTime.microseconds) + 1
    }
}
