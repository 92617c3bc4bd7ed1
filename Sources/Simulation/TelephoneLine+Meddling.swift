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

    /// The process dies when that was written down, in houses where it does.
    func dieOnce(_ isWritten: @escaping @Sendable (CallMemory) -> Bool) {
        guard house.plan.killsWhenWritten, !house.plan.diskFails else { return }
        let life = house.daemon.life
        Task(executorPreference: loop.tasks) {
            for _ in 0..<Self.looksMax where self.house.daemon.life == life {
                await self.loop.pause(for: .milliseconds(50))
                guard let memory = self.house.disk.pages[self.sid]?.memory, isWritten(memory),
                    self.house.daemon.life == life
                else { continue }
                return self.house.kill()
            }
        }
    }

    /// For five seconds: a key's own pause, and a stall of the disk.
    private static let looksMax = 100

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
