/// When each frame of one direction of one call was sent, until it has arrived.
///
/// Frames are numbered from 0. Where the audio carries numbers an arrival is looked up by its own
/// (`receive`); where it was converted on the way it is the oldest under way (`receiveNext`).
package struct FrameLedger: Sendable {
    /// Frames under way that are remembered: 10 s of audio.
    package static let framesMax: UInt32 = 512

    /// What an arrival turned out to be.
    package enum Arrival: Sendable, Equatable {
        /// Under way for so many nanoseconds.
        case after(Int64)
        /// Twice, out of order, or never sent.
        case unexpected
    }

    private var sentAt: [Int64]
    /// Frames sent so far: the number of the next.
    package private(set) var sent: UInt32 = 0
    /// The number of the frame that must arrive next.
    package private(set) var expected: UInt32 = 0
    /// Frames that were passed by since the last `settle`.
    package private(set) var lost = 0

    package init() { sentAt = [Int64](repeating: 0, count: Int(Self.framesMax)) }

    /// Frames sent that neither arrived nor were lost.
    package var underWay: Int { Int(sent - expected) }

    /// Books a frame; returns its number.
    package mutating func send(at now: Int64) -> UInt32 {
        if sent - expected == Self.framesMax {
            lost += 1
            expected += 1
        }
        sentAt[Int(sent % Self.framesMax)] = now
        sent += 1
        return sent - 1
    }

    /// A frame arrived and says which it is; those before it that did not are lost.
    package mutating func receive(_ number: UInt32, at now: Int64) -> Arrival {
        guard number >= expected, number < sent else { return .unexpected }
        lost += Int(number - expected)
        expected = number + 1
        return .after(now - sentAt[Int(number % Self.framesMax)])
    }

    /// A frame arrived that cannot say which it is: the oldest under way.
    package mutating func receiveNext(at now: Int64) -> Arrival { receive(expected, at: now) }

    /// Nothing more will come: what is under way is lost. Returns all that was lost since the last
    /// time this was asked.
    package mutating func settle() -> Int {
        defer {
            lost = 0
            expected = sent
        }
        return lost + underWay
    }
}
