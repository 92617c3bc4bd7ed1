import ElevenLabs

/// Keeps the agent's alignments as they came, to be read only when a reply is cut off.
///
/// Their bytes lie one behind the other in one buffer; when it is full the older half goes.
struct AlignmentStore: Sendable, Equatable {
    /// At about 180 bytes for a second of speech: 90 s.
    private static let bytesMax = 16 * 1024

    private struct Entry: Sendable, Equatable {
        var event: Int64
        /// Where in the event's audio its times begin.
        var start: Duration
        var end: Int
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// Events up to this one may have lost alignments: theirs cannot be counted on.
    private var lostUpTo = Int64.min

    /// Keeps the alignment of a piece of audio, the JSON object as it came; without one the
    /// letters of its event cannot be counted.
    mutating func add(_ alignment: UnsafeRawBufferPointer?, event: Int64, at start: Duration) {
        guard let alignment, alignment.count <= Self.bytesMax / 2 else {
            lostUpTo = max(lostUpTo, event)
            return
        }
        if bytes.isEmpty {
            bytes.reserveCapacity(Self.bytesMax)
            entries.reserveCapacity(ReplyAudio.eventsMax)
        }
        let isFull = bytes.count + alignment.count > Self.bytesMax
        if isFull || entries.count == ReplyAudio.eventsMax { dropOlderHalf() }
        bytes.append(contentsOf: alignment)
        entries.append(Entry(event: event, start: start, end: bytes.count))
    }

    /// Letters, blanks not counted, that were heard of `events` when playing broke off in `event`
    /// after `heard`; nil when the alignments do not tell.
    func letters(heardIn events: Range<Int64>, event: Int64, until heard: Duration) -> Int? {
        guard !events.isEmpty, events.lowerBound > lostUpTo else { return nil }
        var count = 0
        var reachesCut = false
        var from = 0
        for entry in entries {
            defer { from = entry.end }
            guard events.contains(entry.event), entry.event <= event else { continue }
            let raw = bytes[from..<entry.end]
            guard let alignment = AgentAlignment(parsing: Array(raw)) else { return nil }
            let limit = entry.event == event ? heard - entry.start : .seconds(3_600)
            count += alignment.letters(until: limit)
            if entry.event == event { reachesCut = true }
        }
        return reachesCut ? count : nil
    }

    private mutating func dropOlderHalf() {
        let count = entries.count - entries.count / 2
        guard count > 0 else { return }
        let last = entries[count - 1]
        lostUpTo = max(lostUpTo, last.event)
        bytes.removeFirst(last.end)
        entries.removeFirst(count)
        for index in entries.indices { entries[index].end -= last.end }
    }
}
