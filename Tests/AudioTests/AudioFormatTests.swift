import Testing

@testable import Audio

@Test func `every agent format is found by its name and says it`() {
    let names = [
        "ulaw_8000", "pcm_8000", "pcm_16000", "pcm_22050", "pcm_24000", "pcm_44100", "pcm_48000",
    ]
    #expect(AudioFormat.agentFormats.map(\.name) == names)
    #expect(names.compactMap { AudioFormat($0) } == AudioFormat.agentFormats)
    for wrong in ["", "pcm_11025", "ulaw_16000", "PCM_16000", "pcm_16000 ", "opus_48000"] {
        #expect(AudioFormat(wrong) == nil)
    }
}

@Test func `a frame of any format is twenty milliseconds of whole samples`() {
    let bytes = AudioFormat.agentFormats.map(\.bytesPerFrame)
    #expect(bytes == [160, 320, 640, 882, 960, 1764, 1920])
    for format in AudioFormat.agentFormats {
        #expect(format.duration(ofBytes: format.bytesPerFrame) == .milliseconds(20))
        #expect(format.bytes(lasting: .milliseconds(20)) == format.bytesPerFrame)
    }
}

@Test func `bytes last as long as their samples`() {
    #expect(AudioFormat.telephone.duration(ofBytes: 1) == .microseconds(125))
    #expect(AudioFormat.wideband.duration(ofBytes: 3) == .nanoseconds(93_750))
    #expect(AudioFormat.wideband.duration(ofBytes: 32000 * 3600) == .seconds(3600))
    #expect(AudioFormat(.pcm16, rate: 22050).duration(ofBytes: 2) == .nanoseconds(45_351))
    #expect(AudioFormat.wideband.bytes(lasting: .nanoseconds(62_499)) == 0)
    #expect(AudioFormat.wideband.bytes(lasting: .nanoseconds(62_500)) == 2)
    #expect(AudioFormat.telephone.bytes(lasting: .seconds(2) + .microseconds(125)) == 16001)
}
