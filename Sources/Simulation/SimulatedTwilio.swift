import Calls
import Instruments
import Simulators
import Twilio
import Wire

/// Twilio's REST interface as one life of the daemon has it: places calls and ends them, and fails
/// as it does.
///
///     place ─▶ unreachable, 429: nothing done │ 5xx, lost answer: done or not │ refused │ placed
///                                                          placed ─▶ a telephone rings, once
// Safe because a house lives on the one thread that runs its loop.
final class SimulatedTwilio: TwilioLine, @unchecked Sendable {
    /// All tries together, as `TwilioClient` has it.
    private static let deadline: Duration = .seconds(12)

    /// What becomes of one request.
    private enum Fate: Equatable {
        case done, unreachable, tooMany, refused
        /// The service failed, or its answer was lost, after it had done what was asked, or before.
        case failed(isDone: Bool), lost(isDone: Bool)

        var sight: String {
            switch self {
            case .done: "placed"
            case .unreachable: "unreachable"
            case .tooMany: "429"
            case .refused: "refused"
            case .failed(let isDone): isDone ? "5xx, and done" : "5xx"
            case .lost(let isDone): isDone ? "answer lost" : "request lost"
            }
        }
    }

    private let house: SimulatedHouse
    private let life: Int

    init(_ house: SimulatedHouse, life: Int) {
        self.house = house
        self.life = life
    }

    func place(_ call: OutboundCall) async throws(TwilioFailure) -> TwilioAnswer {
        var retry = TwilioRetry(deadline: house.loop.now + Self.deadline, isRepeatable: false)
        while true {
            do { return try await placeOnce(call) } catch {
                let dice = Double(Int.random(in: 0...1_000, using: &house.dice)) / 1_000
                guard let wait = retry.wait(after: error, at: house.loop.now, dice: dice) else {
                    throw error
                }
                await house.loop.pause(for: wait)
            }
        }
    }

    private func placeOnce(_ call: OutboundCall) async throws(TwilioFailure) -> TwilioAnswer {
        await house.loop.pause(for: house.dice.milliseconds(80...400))
        // A dead process asks nothing more.
        guard house.daemon.life == life else { throw .unreachable("nobody asks") }
        let fate = fate()
        house.diary.saw("placing: \(fate.sight)")
        let sid: CallSID?
        switch fate {
        case .done, .failed(isDone: true), .lost(isDone: true): sid = house.ring(call)
        default: sid = nil
        }
        switch fate {
        case .unreachable: throw .unreachable("no route")
        case .lost:
            await house.loop.pause(for: .seconds(5))
            throw .unanswered("it took too long")
        default: break
        }
        await house.loop.pause(for: house.dice.milliseconds(20...1_500))
        return try answer(fate, sid)
    }

    private func fate() -> Fate {
        guard house.dice.chance(0.2 + house.plan.trouble * 0.5) else { return .done }
        return house.dice.pick(
            [
                .unreachable, .tooMany, .refused, .failed(isDone: true), .failed(isDone: false),
                .lost(isDone: true), .lost(isDone: false),
            ], or: .done)
    }

    private func answer(_ fate: Fate, _ sid: CallSID?) throws(TwilioFailure) -> TwilioAnswer {
        let (status, body): (Int, JSON) =
            switch fate {
            case .tooMany: (429, ["code": 20429, "message": "Too Many Requests", "status": 429])
            case .refused: (400, ["code": 21211, "message": "Invalid 'To'", "status": 400])
            case .failed: (500, ["code": 20500, "message": "Internal", "status": 500])
            default: (201, ["sid": .string(sid?.text ?? ""), "status": "queued"])
            }
        let response = HTTPResponse(
            status: status, type: "application/json",
            text: String(decoding: body.bytes, as: UTF8.self))
        do { return try TwilioAnswer(response) } catch { throw .refused(error) }
    }

    /// Ends a call, which is over already when nobody knows it any more.
    func update(
        _ call: CallSID, _ update: CallUpdate
    ) async throws(TwilioFailure) -> TwilioAnswer? {
        await house.loop.pause(for: house.dice.milliseconds(80...400))
        guard house.daemon.life == life else { throw .unreachable("nobody asks") }
        guard let line = house.lines.first(where: { $0.sid == call }), !line.isFinished else {
            return nil
        }
        house.diary.saw("ended over REST")
        line.endedOverREST()
        return nil
    }
}
