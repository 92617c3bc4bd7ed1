import Simulators
import Wire

/// What an agent is told by the daemon, and what it must be told.
extension AgentEnd {
    /// A message that is not audio.
    func heard(_ json: JSON) {
        switch json["type"]?.text {
        case "pong": ponged(Int(json["event_id"]?.whole ?? 0))
        case "contextual_update", "user_message": hearing.told(json["text"]?.text ?? "")
        case "client_tool_result": toolAnswered(json)
        default: break
        }
    }

    /// All that was said before that ping has been heard, and what was to be told has been told.
    private func ponged(_ ping: Int) {
        let known = hearing.ponged(ping)
        line?.story.knows(known)
        if hearing.wasOwed, ping == 1 { house.diary.saw("agent told what was said before it") }
        for missing in hearing.missing() {
            violated("an agent was not told of \(missing)")
        }
        if hearing.goesOn || hearing.hasNews { line?.story.owesNews = false }
        line?.story.owesKeys = false
    }
}
