import ElevenLabs

/// How long the audio of each of the agent's events is, in the order it was queued, and how much
/// of it was heard when it was cut off.
///
/// A reply may come under one id or under several that rise (the vendor's rule is not told), so a
/// reply is all events from its own to that of the next one.
struct ReplyAudio: Sendable, Equatable {
    /// Events kept: an id per second of audio for two minutes, which is all that may wait.
    static let eventsMax = 128

    /// One event's audio.
    struct Piece: Sendable, Equatable {
        var event: Int64
        /// What was queued of it,
        var duration: Duration
        /// and so much came before that, while nobody was there to hear it.
        var missed: Duration = .zero
    }

    /// Where playing broke off.
    private struct Cut: Sendable, Equatable {
        /// The event that was playing, and how much of it had been heard.
        var event: Int64
        var heard: Duration
        /// Everything up to this event had been queued and was never played on.
        var upTo: Int64

        /// How much of a piece had been heard.
        func heard(of piece: Piece) -> Duration {
            if piece.event == event { return min(piece.duration, heard) }
            return piece.event < event ? piece.duration : .zero
        }
    }

    /// The newest event's, by itself: most audio continues it, and touches no other memory than
    /// the call's own.
    private var newest: Piece?
    /// Those before it; empty while there is no newest.
    private var earlier: [Piece] = []
    private var cut: Cut?
    /// Characters' own times, where the vendor tells them.
    private var alignments = AlignmentStore()
    /// The highest event known to be generated to its end.
    private var finishedUpTo = Int64.min
    /// Whether what is told of ends has covered the newest audio each time; nil before the first.
    private var endsAreTold: Bool?

    /// Nothing queued, or what was queued when it was kept elsewhere.
    init(pieces: [Piece] = []) {
        newest = pieces.last
        earlier = pieces.suffix(Self.eventsMax).dropLast()
    }

    private var pieces: [Piece] { earlier + (newest.map { [$0] } ?? []) }

    /// What was queued from that event on.
    func pieces(from event: Int64) -> [Piece] { pieces.filter { $0.event >= event } }

    /// The event of the last audio queued.
    var lastEvent: Int64? { newest?.event }

    /// Audio of an event is queued; allocates nothing while the event stays the same.
    mutating func queue(
        event: Int64, duration: Duration, alignment: UnsafeRawBufferPointer? = nil
    ) {
        if let newest, newest.event != event { keep(newest) }
        let before = newest?.duration ?? .zero
        alignments.add(alignment, event: event, at: before)
        newest = Piece(
            event: event, duration: before + duration, missed: newest?.missed ?? .zero)
    }

    /// Audio of an event came that nobody heard: the caller was away. What comes of it later is
    /// heard from there on.
    mutating func miss(event: Int64, duration: Duration) {
        queue(event: event, duration: .zero)
        newest?.missed += duration
    }

    /// True when the beginning of a reply whose events these are was missed.
    func isMissed(_ events: Range<Int64>) -> Bool {
        pieces.contains { events.contains($0.event) && $0.missed > .zero }
    }

    /// What was the newest is so no longer.
    private mutating func keep(_ piece: Piece) {
        if earlier.isEmpty { earlier.reserveCapacity(Self.eventsMax) }
        if earlier.count == Self.eventsMax - 1 { earlier.removeFirst(Self.eventsMax / 2) }
        earlier.append(piece)
        newest = nil
    }

    /// No more audio will come for an event.
    mutating func finish(event: Int64) {
        finishedUpTo = max(finishedUpTo, event)
        if let newest { endsAreTold = event >= newest.event && endsAreTold != false }
    }

    /// More of the newest reply is to come: this agent tells of each end, and has not told of this.
    var isUnfinished: Bool {
        guard endsAreTold == true, let newest else { return false }
        return newest.event > finishedUpTo && !isCut(newest.event)
    }

    /// Playing broke off in an event, or after the last one when that is nil; what was queued
    /// behind it, and whatever comes up to `upTo`, is never heard.
    mutating func cut(event: Int64?, heard: Duration, upTo: Int64?) {
        let playing = event ?? lastEvent ?? .min
        cut = Cut(
            event: playing, heard: event == nil ? .seconds(3_600) : heard,
            upTo: max(playing, lastEvent ?? playing, upTo ?? playing))
    }

    /// True when all audio of that event was queued before the cut.
    func isCut(_ event: Int64) -> Bool { cut.map { event <= $0.upTo } ?? false }

    /// What was heard of a reply whose events are `events`; nil when that was all of it.
    func heard(of text: SpokenText, events: Range<Int64>) -> SpokenText? {
        let own = pieces.filter { events.contains($0.event) }
        let missed = own.reduce(Duration.zero) { $0 + $1.missed }
        let queued = own.reduce(Duration.zero) { $0 + $1.duration }
        let cutter = HeardText(text.revealed)
        guard let cut, isCut(events.lowerBound) else {
            return missed > .zero ? cutter.rest(missed, of: missed + queued) : nil
        }
        // Without audio of its own, or with all of it before the cut, only the order tells.
        guard own.first?.event ?? events.lowerBound <= cut.event else { return SpokenText("") }
        guard let last = own.last, last.event >= cut.event else {
            return missed > .zero ? cutter.rest(missed, of: missed + queued) : nil
        }
        let heard = own.reduce(missed) { $0 + cut.heard(of: $1) }
        let isWhole = events.upperBound != .max || finishedUpTo >= last.event
        let total = isWhole ? missed + queued : max(missed + queued, cutter.durationMin)
        guard heard + HeardText.tolerance < total else {
            return missed > .zero ? cutter.rest(missed, of: total) : nil
        }
        if missed == .zero,
            let letters = alignments.letters(heardIn: events, event: cut.event, until: cut.heard)
        {
            return SpokenText(cutter.letters(letters))
        }
        return SpokenText(
            cutter.share(from: missed.seconds / total.seconds, to: heard.seconds / total.seconds))
    }
}

extension HeardText {
    /// What follows the first part of a reply that lasts so long, which was missed.
    fileprivate func rest(_ missed: Duration, of total: Duration) -> SpokenText {
        SpokenText(share(from: missed.seconds / total.seconds, to: 1))
    }
}
