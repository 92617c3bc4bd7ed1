import Calls
import Net
import Simulators
import Twilio
import Wire

/// Somebody's program that asks for a call, and asks again when it is not sure.
///
///     POST /webhook/initiate-call ─▶ 201, a refusal, or nothing ─▶ the same again, or another
// Safe because a house lives on the one thread that runs its loop.
final class OutboundClient: @unchecked Sendable {
    static let key = "a key of a client"

    private let house: SimulatedHouse
    private let session: String
    private let to: String
    private var dice: SeededRandom
    private var waiting = 0
    private(set) var isFinished = false
    private var calls: Set<String> = []
    /// Which of the two requests the name stands for: the one that was taken first.
    private var taken: Bool?

    init(_ house: SimulatedHouse, number: Int, _ dice: SeededRandom) {
        self.house = house
        self.dice = dice
        session = "order-\(number)"
        to = "+155501020\(10 + number)"
    }

    /// Asks, and asks again, sometimes before the first answer is there.
    func live() async {
        await house.loop.pause(for: dice.milliseconds(0...10_000))
        for _ in 0..<Int.random(in: 1...4, using: &dice) {
            ask(isOther: dice.chance(0.1))
            await house.loop.pause(for: dice.milliseconds(0...6_000))
        }
        while waiting > 0 { await house.loop.pause(for: .seconds(1)) }
        isFinished = true
    }

    private func ask(isOther: Bool) {
        waiting += 1
        Task(executorPreference: house.loop.tasks) {
            await self.post(isOther: isOther)
            self.waiting -= 1
        }
    }

    private func post(isOther: Bool) async {
        await house.untilUp()
        let daemon = house.daemon
        let metadata: JSON = ["name": isOther ? "another" : "one"]
        let body: JSON = [
            "agent_id": "default", "session_id": .string(session), "to": .string(to),
            "metadata": metadata,
        ]
        var request = HTTPRequest(
            method: "POST", target: "/webhook/initiate-call",
            fields: [
                "Host": "127.0.0.1:3000", "Content-Type": "application/json",
                "X-API-Key": Self.key,
            ], body: body.bytes)
        request.peer = "127.0.0.1"
        let answer = await daemon.door.answer(request, on: house.loop)
        guard !daemon.isDead, case .respond(let response) = answer else { return }
        judge(response, isOther: isOther)
    }

    private func judge(_ response: HTTPResponse, isOther: Bool) {
        house.diary.saw("initiate-call: \(response.status)")
        switch response.status {
        case 201:
            guard let sid = (try? JSON(parsing: response.body))?["call_sid"]?.text,
                house.lines.contains(where: { $0.sid.text == sid })
            else { return violated("a call was promised that does not ring") }
            taken = taken ?? isOther
            if isOther { return }
            calls.insert(sid)
            // Promises that nobody could write down die with their process.
            if calls.count > 1, house.ledger.livesOver == 0 || !house.plan.diskFails {
                violated("one request, answered with two calls")
            }
        case 409 where isOther == taken && !house.plan.diskFails:
            violated("a request that was taken is not known any more")
        case 409, 422, 429, 502, 503: break
        default: violated("a request for a call was answered \(response.status)")
        }
    }

    private func violated(_ what: String) {
        house.diary.violated("\(session): \(what)", at: house.loop.now)
    }
}
