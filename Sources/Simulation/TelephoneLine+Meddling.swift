import Calls

/// What operators do with a call.
extension TelephoneLine {
    /// Something is ordered in a while.
    func meddle(_ what: CallerTemper.Meddling, after delay: Duration) {
        Task(executorPreference: loop.tasks) {
            await self.loop.pause(for: delay)
            await self.meddle(what)
        }
    }

    private func meddle(_ what: CallerTemper.Meddling) async {
        guard isThere, let call = house.daemon.registry.find(sid) else { return }
        diary.saw("ordered: \(what)")
        switch what {
        case .end: await endByOperator()
        case .transfer: await carryOut(.transfer(to: "reception", whisper: "a caller"), call)
        case .say: await carryOut(.say("one moment"), call)
        case .digits: await carryOut(.digits("1w2#"), call)
        case .context: await carryOut(.context("the caller is known"), call)
        case .emergency:
            _ = await call.emergency()
        }
    }

    private func carryOut(_ order: Order, _ call: Call) async {
        do throws(OrderRefusal) {
            try await call.carryOut(order, by: .operator)
        } catch {
            diary.saw("order refused")
        }
    }
}
