import Recordings
import Testing

@Suite struct RecordedVoiceTests {
    @Test func `a recording is found by its name`() throws {
        let voice = try #require(RecordedVoice.named("house-de-apology"))
        #expect(voice.language == "de")
        #expect(voice.file.starts(with: "RIFF".utf8))
        #expect(RecordedVoice.named("house-de-joke") == nil)
    }

    @Test func `the house says the same things in both languages`() {
        func said(in language: String) -> Set<String> {
            let start = "house-\(language)-"
            return Set(
                RecordedVoice.all.map(\.name).filter { $0.hasPrefix(start) }
                    .map { String($0.dropFirst(start.count)) })
        }
        #expect(said(in: "de") == said(in: "en"))
        #expect(said(in: "de").count >= 6)
    }
}
