import Instruments
import Net
import Wire

/// Status callbacks, with the disorder of the real network if asked for.
extension PhoneCall {
    /// Tells the status callback of an event: the end for every call, more for those REST placed.
    func tellStatus(_ event: String, as status: String) {
        let isFinal = event == "completed"
        // Ringing is no duration.
        let spoken = answered.map { loop.now - $0 } ?? .zero
        let seconds = isFinal ? spoken.components.seconds : nil
        guard let outbound else {
            guard isFinal, let address = order.statusCallback else { return }
            let told = form.status(
                status, seconds: result.length.components.seconds, sequence: nil,
                at: loop.time.wallClock)
            return deliver(told, to: address)
        }
        let number = sequence
        sequence += 1
        guard let address = outbound.statusCallback, outbound.events.contains(event) else {
            return
        }
        var told = form.status(
            status, seconds: seconds, sequence: number, at: loop.time.wallClock)
        if let answeredBy = result.answeredBy { told.append("AnsweredBy", answeredBy) }
        deliver(told, to: address)
    }

    /// Tells an address something; the call's end waits for the answer.
    func deliver(_ form: Form, to address: WebAddress, method: String = "POST") {
        let token = newUUID()
        let copies = order.disorder.duplicates ? 2 : 1
        let delay: Duration =
            order.disorder.shuffles ? random.duration(in: .zero ... .milliseconds(400)) : .zero
        deliveries.append(
            Task(executorPreference: loop.tasks) { [self] in
                if delay > .zero { await loop.pause(for: delay) }
                for _ in 0..<copies {
                    do throws(DebuggerEntry) {
                        _ = try await post.ask(
                            address, method: method, form: form, idempotency: token)
                    } catch {
                        note(DebuggerEntry(error.code == 11200 ? 15003 : error.code, error.text))
                    }
                }
            })
    }
}

/// What REST asks of a living call.
enum PhoneUpdate: Sendable {
    case hangUp
    case script(TwiMLScript, base: WebAddress?)
    case address(WebAddress, method: String)
}
