import CAllocations
import Testing

@testable import Audio

@Test func `the counter counts`() {
    let before = allocations_of_this_thread()
    guard allocations_are_counted() else { return }
    let array = [Int](repeating: 1, count: Int.random(in: 5...6))
    #expect(allocations_of_this_thread() > before)
    #expect(array.count > 4)
}

@Test(arguments: AudioFormat.agentFormats)
func `a call's audio asks for no memory`(agent: AudioFormat) throws {
    var uplink = try Transcoder(from: .telephone, to: agent)
    var downlink = try Transcoder(from: agent, to: .telephone)
    let line = [UInt8](repeating: 0x35, count: 160)
    let speech = [UInt8](repeating: 0x35, count: agent.bytesPerFrame * 5 + 3)
    var (frames, asked) = (0, 0)
    for round in 0..<200 {
        let before = allocations_of_this_thread()
        line.withUnsafeBytes { uplink.push($0) { frames += $0.count } }
        speech.withUnsafeBytes { downlink.push($0) { frames += $0.count } }
        if round % 3 == 0 { downlink.finish { frames += $0.count } }
        if round % 7 == 0 { downlink.reset() }
        // In its first second a stream of libsoxr finds the size of its queues.
        if round >= 60 { asked += Int(allocations_of_this_thread() - before) }
    }
    #expect(frames > 0)
    #expect(asked == 0)
}
