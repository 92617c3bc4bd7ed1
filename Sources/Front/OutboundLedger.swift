import Twilio
import Wire

/// What came of placing a call.
enum OutboundResult: Sendable, Equatable {
    case placed(CallSID, TwilioCallStatus)
    case failed(TwilioFailure)
}

/// Which calls were asked for, which of them live, and what the same request was answered.
///
///     ask ─▶ place: Twilio is asked ─▶ settle: placed ─▶ bind (webhooks) ─▶ end
///       │                                └─ failed: not done, forgotten; uncertain, kept
///       └▶ the same again: what it was answered, or wait; another under its name: conflict
struct OutboundLedger: Sendable {
    /// For so long a repetition is recognised: a client that retries longer has given up.
    static let memory: Duration = OutboundRecord.ageMax
    /// Calls remembered; beyond it the oldest that is over is forgotten.
    static let entriesMax = 10_000

    /// What to do about a request.
    enum Verdict: Sendable, Equatable {
        case place(OutboundPromise)
        case known(OutboundResult)
        /// The same was asked just now; Twilio has not answered yet.
        case pending
        /// The name stands for another request.
        case conflict
        case tooMany(living: Int)
        case tooOften(wait: Duration)
        /// Unknown, and nothing new may be placed.
        case refused
    }

    /// What is known of a name.
    enum Standing: Sendable, Equatable { case unknown, pending, known(OutboundResult) }

    private struct Entry: Sendable {
        var promise: OutboundPromise
        let fingerprint: String
        let placedAt: Duration
        var result: OutboundResult?
        var call: CallSID?
        /// Why it is over.
        var end: String?
        /// Why we take it back, if Twilio then says that it was canceled.
        var cause: String?
    }

    private let policy: OutboundPolicy
    private var entries: [String: Entry] = [:]
    private var sessions: [String] = []
    /// Those of which no end is known.
    private var open: Set<String> = []
    private var byPromise: [String: String] = [:]
    private var byCall: [CallSID: String] = [:]
    private var bucket = TokenBucket()
    /// What a keeper has not been told yet: promises made or changed, and forgotten ones by name.
    private var changed: Set<String> = []
    private var forgotten: Set<String> = []

    init(_ policy: OutboundPolicy) { self.policy = policy }

    /// How many are remembered.
    var count: Int { entries.count }

    /// How many ring or live.
    func living(at now: Duration) -> Int {
        open.count { session in entries[session].map { isLiving($0, at: now) } ?? false }
    }

    /// What is known of a name.
    func standing(of session: String) -> Standing {
        guard let entry = entries[session] else { return .unknown }
        return entry.result.map { .known($0) } ?? .pending
    }

    /// Somebody asks for a call under that name; it may be placed only with a new promise.
    mutating func ask(
        _ order: OutboundOrder, session: String, promise id: String?, at now: Duration
    ) -> Verdict {
        forget(at: now)
        if let entry = entries[session] {
            guard entry.fingerprint == order.fingerprint.hex else { return .conflict }
            return entry.result.map { .known($0) } ?? .pending
        }
        guard let id else { return .refused }
        let living = living(at: now)
        guard living < policy.callsMax, makeRoom(at: now) else { return .tooMany(living: living) }
        let wait = bucket.wait(policy.rate, at: now)
        guard wait == .zero else { return .tooOften(wait: wait) }
        bucket.take(policy.rate, at: now)
        let promise = OutboundPromise(
            id: id, session: session, agent: order.agent, variables: order.variables)
        enter(Entry(promise: promise, fingerprint: order.fingerprint.hex, placedAt: now))
        return .place(promise)
    }

    /// Twilio's answer came, or did not. Answers what the request is answered: a webhook may have
    /// told in the meantime that the call exists.
    mutating func settle(_ session: String, _ result: OutboundResult) -> OutboundResult {
        guard let entry = entries[session] else { return result }
        switch result {
        case .placed(let call, _): tie(session, to: call)
        case .failed(let failure):
            if let known = entry.result { return known }
            guard failure.isUncertain else {
                remove(session)
                return result
            }
        }
        entries[session]?.result = result
        changed.insert(session)
        return result
    }

    /// A webhook names a promise and its call: from here on the call is known to exist.
    mutating func bind(_ promise: String, to call: CallSID) -> OutboundPromise? {
        guard let session = byPromise[promise], let entry = entries[session] else { return nil }
        // Nobody but Twilio knows the promise, and it gives a call one name.
        guard entry.call == nil || entry.call == call else { return nil }
        tie(session, to: call)
        switch entry.result {
        case .placed: break
        case .failed, nil: entries[session]?.result = .placed(call, .queued)
        }
        return entries[session]?.promise
    }

    /// Takes up a promise of a predecessor, as the address that Twilio asks tells it.
    mutating func adopt(_ promise: OutboundPromise, for call: CallSID, at now: Duration) {
        guard entries[promise.session] == nil, makeRoom(at: now) else { return }
        enter(
            Entry(
                promise: promise, fingerprint: Digest(.sha256, of: promise.id).hex, placedAt: now,
                result: .placed(call, .inProgress)))
        tie(promise.session, to: call)
    }

    /// Takes up what a predecessor has kept, the oldest first. One of which it did not learn whether
    /// it was placed is uncertain for ever, unless a webhook tells.
    mutating func restore(_ record: OutboundRecord, at now: Duration) {
        let session = record.promise.session
        guard entries[session] == nil, makeRoom(at: now) else { return }
        let lost = OutboundResult.failed(
            .unanswered("the process that asked Twilio for this call is no more"))
        enter(
            Entry(
                promise: record.promise, fingerprint: record.fingerprint,
                // The clock begins anew with the machine.
                placedAt: min(record.placedAt, now),
                result: record.call.map { .placed($0, record.status) } ?? lost, end: record.end))
        if let call = record.call { tie(session, to: call) }
        if record.end != nil { open.remove(session) }
    }

    /// What has become of promises since this was asked last, for whoever keeps them.
    mutating func takeNews() -> (changed: [OutboundRecord], forgotten: Set<String>) {
        defer { (changed, forgotten) = ([], []) }
        return (changed.compactMap { record(of: $0) }, forgotten)
    }

    private func record(of session: String) -> OutboundRecord? {
        guard let entry = entries[session] else { return nil }
        var status = TwilioCallStatus.queued
        if case .placed(_, let told) = entry.result { status = told }
        return OutboundRecord(
            promise: entry.promise, fingerprint: entry.fingerprint, placedAt: entry.placedAt,
            call: entry.call, status: status, end: entry.end)
    }

    private mutating func enter(_ entry: Entry) {
        let promise = entry.promise
        entries[promise.session] = entry
        sessions.append(promise.session)
        open.insert(promise.session)
        byPromise[promise.id] = promise.session
        changed.insert(promise.session)
    }

    /// What was promised for that call.
    func promise(of call: CallSID) -> OutboundPromise? {
        byCall[call].flatMap { entries[$0]?.promise }
    }

    /// True while that call of ours is neither over nor forgotten.
    func isLiving(_ call: CallSID, at now: Duration) -> Bool {
        byCall[call].flatMap { entries[$0] }.map { isLiving($0, at: now) } ?? false
    }

    /// Every call of which no end is known.
    var openCalls: [CallSID] { open.compactMap { entries[$0]?.call } }

    /// The call is taken back, if nobody has answered by then.
    mutating func takeBack(_ call: CallSID, _ cause: String) {
        if let session = byCall[call] { entries[session]?.cause = cause }
    }

    /// Why the call is taken back; nil when it is not.
    func cause(of call: CallSID) -> String? { byCall[call].flatMap { entries[$0]?.cause } }

    /// One more thing the agent is to be told.
    mutating func tell(_ name: String, _ value: String, of call: CallSID) {
        guard let session = byCall[call] else { return }
        entries[session]?.promise.variables[name] = value
        changed.insert(session)
    }

    /// The call is over; false when that was known, or it is none of ours.
    mutating func end(_ call: CallSID, _ reason: String) -> Bool {
        guard let session = byCall[call], entries[session]?.end == nil else { return false }
        entries[session]?.end = reason
        entries[session]?.promise.variables = [:]
        open.remove(session)
        changed.insert(session)
        return true
    }

    private mutating func tie(_ session: String, to call: CallSID) {
        if entries[session]?.call != call { changed.insert(session) }
        entries[session]?.call = call
        byCall[call] = session
    }

    private func isLiving(_ entry: Entry, at now: Duration) -> Bool {
        entry.end == nil && now < entry.placedAt + policy.lifeMax
    }

    /// Sessions stand in the order of their asking, and all are remembered equally long.
    private mutating func forget(at now: Duration) {
        let memory = max(Self.memory, policy.lifeMax)
        while let oldest = sessions.first.flatMap({ entries[$0] }),
            oldest.placedAt + memory <= now
        {
            remove(oldest.promise.session)
        }
    }

    /// False when as many live as are remembered.
    private mutating func makeRoom(at now: Duration) -> Bool {
        guard entries.count >= Self.entriesMax else { return true }
        let oldest = sessions.first { session in
            entries[session].map { !isLiving($0, at: now) } ?? true
        }
        guard let oldest else { return false }
        remove(oldest)
        return true
    }

    private mutating func remove(_ session: String) {
        if let place = sessions.firstIndex(of: session) { sessions.remove(at: place) }
        open.remove(session)
        guard let entry = entries.removeValue(forKey: session) else { return }
        byPromise[entry.promise.id] = nil
        forgotten.insert(session)
        if let call = entry.call { byCall[call] = nil }
    }
}
