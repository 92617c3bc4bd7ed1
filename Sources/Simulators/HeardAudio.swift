/// What reached an ear: mu-law at 8 kHz, with the moment each byte was played.
///
/// Bytes played without a gap form one run; between runs the ear heard silence.
package struct HeardAudio: Sendable, Equatable {
    /// Audio without a gap.
    package struct Run: Sendable, Equatable {
        /// When its first byte was played, since the stream began.
        package let start: Duration
        /// How many bytes it has, at 8000 a second.
        package fileprivate(set) var count: Int
        /// Where its bytes begin among all kept bytes; nil when they were not kept.
        fileprivate let offset: Int?

        /// When its last byte had been played.
        package var end: Duration { start + .microseconds(count * 125) }
    }

    /// Half an hour; what is heard later is counted, not kept.
    package static let keptBytesMax = 1800 * 8000
    /// mu-law's zero, for the gaps.
    package static let silence: UInt8 = 0xFF

    private let keepsAudio: Bool
    private var kept: [UInt8] = []

    /// Runs in the order they were played.
    package private(set) var runs: [Run] = []
    /// All bytes heard.
    package private(set) var count = 0

    package init(keepsAudio: Bool = true) { self.keepsAudio = keepsAudio }

    /// The bytes of one run; empty when they were not kept.
    package func bytes(of run: Run) -> ArraySlice<UInt8> {
        guard let offset = run.offset else { return [] }
        return kept[offset..<min(offset + run.count, kept.count)]
    }

    /// Adds bytes played at `moment`; a moment that joins the last run's end continues it.
    package mutating func add(_ bytes: ArraySlice<UInt8>, at moment: Duration) {
        guard !bytes.isEmpty else { return }
        let keeps = keepsAudio && kept.count + bytes.count <= Self.keptBytesMax
        if let last = runs.last, last.end == moment, (last.offset != nil) == keeps {
            runs[runs.count - 1].count += bytes.count
        } else {
            let offset = keeps ? kept.count : nil
            runs.append(Run(start: moment, count: bytes.count, offset: offset))
        }
        if keeps { kept += bytes }
        count += bytes.count
    }

    /// Adds everything another ear heard, `offset` after its own beginning.
    package mutating func add(_ other: HeardAudio, after offset: Duration) {
        for run in other.runs {
            let bytes = other.bytes(of: run)
            guard bytes.isEmpty else {
                add(bytes, at: run.start + offset)
                continue
            }
            runs.append(Run(start: run.start + offset, count: run.count, offset: nil))
            count += run.count
        }
    }

    /// Everything on one time line from the stream's beginning, silence where nothing played,
    /// at least `duration` long.
    package func timeline(atLeast duration: Duration = .zero) -> [UInt8] {
        let end = max(runs.last?.end ?? .zero, duration)
        let total = min(Int(end.microseconds / 125), Self.keptBytesMax)
        var line = [UInt8](repeating: Self.silence, count: total)
        for run in runs {
            let start = Int(run.start.microseconds / 125)
            for (index, byte) in bytes(of: run).enumerated() where start + index < total {
                line[start + index] = byte
            }
        }
        return line
    }
}

/// Told by its length: a result that is printed holds megabytes of it.
extension HeardAudio: CustomStringConvertible {
    package var description: String { "\(count) bytes in \(runs.count) runs" }
}
