package import Audio

/// Measures how a client delivers the caller's audio: how much, how evenly, with which gaps.
package struct UplinkMeter: Sendable, Equatable {
    /// No chunk for so long beyond the chunk's own length is a gap.
    package static let gapMin: Duration = .milliseconds(300)
    /// Audio so far ahead of the clock, the newest chunk not counted, is a burst.
    package static let burstMin: Duration = .milliseconds(500)

    private let format: AudioFormat
    private var first: Duration?
    private var last: Duration?
    private var inBurst = false
    // Audio received beyond what the clock has used up.
    private var lead: Duration = .zero

    /// All bytes that came.
    package private(set) var bytes = 0
    /// Messages they came in.
    package private(set) var chunks = 0
    /// Bytes of the largest message.
    package private(set) var largestChunk = 0
    /// How often nothing came for too long.
    package private(set) var gaps = 0
    /// The longest of these silences.
    package private(set) var longestGap: Duration = .zero
    /// How often far too much came at once.
    package private(set) var bursts = 0

    package init(format: AudioFormat) { self.format = format }

    /// When the newest chunk came; nil before the first.
    package var lastChunkAt: Duration? { last }

    /// Bytes per second from the first chunk to the newest; 0 before the second.
    package var bytesPerSecond: Double {
        guard let first, let last, last > first else { return 0 }
        return Double(bytes - largestChunk) / (last - first).fractionalSeconds
    }

    /// A chunk of that size came.
    package mutating func chunk(_ count: Int, at now: Duration) {
        let length = format.duration(ofBytes: count)
        if let last {
            let pause = now - last
            if pause > length + Self.gapMin {
                gaps += 1
                longestGap = max(longestGap, pause)
            }
            // Every chunk adds its length to the lead and the clock takes the passed time off.
            lead = max(.zero, lead - pause) + length
        } else {
            first = now
            lead = length
        }
        let isBurst = lead > length + Self.burstMin
        if isBurst, !inBurst { bursts += 1 }
        inBurst = isBurst
        last = now
        bytes += count
        chunks += 1
        largestChunk = max(largestChunk, count)
    }
}
