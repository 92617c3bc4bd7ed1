/// How evenly the caller's frames come: lost, late, and their jitter.
///
/// A frame's transit is its arrival less its own time stamp. Jitter is RFC 3550 section 6.4.1:
/// J += (|D| - J) / 16, where D is how much the transit changed from one frame to the next. A
/// frame is late when its transit exceeds the shortest by more than a receiver would wait for.
struct FrameTiming: Sendable, Equatable {
    /// What a customary receiver's buffer rides out: three frames.
    static let lateAfter = Duration.milliseconds(60)
    /// Clocks differ: the shortest transit is believed a little less with every frame of 20 ms,
    /// 100 parts in a million, as bad as crystals get.
    private static let drift = Duration.microseconds(2)
    /// No stream lives for 2^32 frames; a number beyond that is nonsense.
    private static let chunkMax = Int64(UInt32.max)
    private static let attosecondsPerMicrosecond: Int64 = 1_000_000_000_000

    /// Frames that came, those that never came by the gaps in their numbers, and the late ones.
    private(set) var frames = 0
    private(set) var lost = 0
    private(set) var late = 0
    private var lastChunk: Int64 = 0
    private var transit: Duration?
    private var shortest: Duration = .zero
    /// Sixteen times the jitter in microseconds, as RFC 3550 appendix A.8 keeps it.
    private var jitterTimes16 = 0
    private var changes = SmallPercentiles()

    /// The interarrival jitter now; nil before the second frame.
    var jitter: Duration? {
        changes.count == 0 ? nil : .microseconds(jitterTimes16 / 16)
    }

    /// What 95 of 100 changes of transit do not exceed; nil before the second frame.
    var jitterP95: Duration? { changes.at(0.95) }

    /// Another stream: its numbers and times begin anew.
    mutating func restart() {
        lastChunk = 0
        transit = nil
    }

    /// A frame came at `now`.
    mutating func hear(chunk: Int64, timestamp: Duration, at now: Duration) {
        frames += 1
        count(chunk)
        let before = transit
        let own = now - timestamp
        transit = own
        guard let before else { return shortest = own }
        shortest = min(shortest + Self.drift, own)
        if own - shortest > Self.lateAfter { late += 1 }
        let change = Self.microseconds(own - before)
        jitterTimes16 += change - (jitterTimes16 + 8) / 16
        changes.record(microseconds: change)
    }

    private mutating func count(_ chunk: Int64) {
        guard (1...Self.chunkMax).contains(chunk), chunk > lastChunk else { return }
        if lastChunk > 0 { lost += Int(chunk - lastChunk - 1) }
        lastChunk = chunk
    }

    /// The size of a difference, up to nine seconds: in 64 bits, for it is reckoned 50 times a
    /// second in every call.
    private static func microseconds(_ difference: Duration) -> Int {
        let size = min(difference < .zero ? .zero - difference : difference, .seconds(9))
        return Int(Int64(truncatingIfNeeded: size.attoseconds) / attosecondsPerMicrosecond)
    }
}
