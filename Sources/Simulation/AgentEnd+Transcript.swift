import Calls

/// Holds what the call believes was heard of a reply against what the caller heard.
extension AgentEnd {
    /// Time for weather, and for memories to be written.
    private static let settled: Duration = .milliseconds(1_500)
    /// The word that playing breaks off in, and one for two frames and a slow clock.
    private static let wordsOff = 2.0

    /// In a while the transcript must have of this reply what was heard of it at its clear.
    func holdTranscript(to words: ReplyWords, _ code: UInt8, event: Int64) {
        guard house.plan.trouble == 0, speaksTelephone, let line, let stream = line.stream else {
            return
        }
        Task(executorPreference: loop.tasks) {
            await self.loop.pause(for: Self.settled)
            guard !self.isClosed, line.stream === stream, !stream.isOver, line.agent === self
            else { return }
            self.compare(words, heard: stream.heard(of: code), event: event)
        }
    }

    private func compare(_ words: ReplyWords, heard: Duration, event: Int64) {
        guard let memory = line.flatMap({ house.disk.pages[$0.sid] })?.memory,
            let turn = memory.conversation.turns.last(where: { $0.agent?.event == event })?.agent
        else { return }
        house.diary.saw("transcript held against what was heard")
        let told = turn.text.revealed.split(separator: " ").count
        let right = words.heard(in: heard)
        if abs(Double(told) - right) > Self.wordsOff {
            violated("\(told) words stand in the transcript, \(right) were heard of \(words.count)")
        }
    }
}
