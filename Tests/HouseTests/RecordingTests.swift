import CRecordings
import Testing

/// The utterances that tools and the demo play.
struct RecordingTests {
    private struct Utterance {
        let name: String
        let language: String
        let text: String
        let bytes: [UInt8]

        /// A little-endian number of the WAV header.
        func number(at offset: Int, bytes count: Int) -> Int {
            bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
    }

    private let utterances: [Utterance] = {
        var count = 0
        let first = recordings(&count)
        return UnsafeBufferPointer(start: first, count: count).map { recording in
            Utterance(
                name: String(cString: recording.name),
                language: String(cString: recording.language),
                text: String(cString: recording.text),
                bytes: [UInt8](UnsafeBufferPointer(start: recording.bytes, count: recording.count)))
        }
    }()

    private static let door = "Sources/CLibraries/CRecordings"

    @Test func `what is embedded is what the list says`() throws {
        let list = try #require(House.text(of: Self.door + "/spoken.txt"))
        let wanted = list.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.split(separator: "|").map { String($0).trimmed }
        }
        #expect(utterances.map { [$0.name, $0.language, $0.text] } == wanted)
    }

    @Test func `the bytes are those of the files`() {
        for utterance in utterances {
            let file = House.bytes(of: Self.door + "/voices/\(utterance.name).wav")
            #expect(file == utterance.bytes, "\(utterance.name)")
        }
        #expect(House.names(in: Self.door + "/voices").count == utterances.count)
    }

    @Test func `each is telephone audio of at most five seconds`() {
        let muLaw = 7
        for utterance in utterances {
            #expect(utterance.bytes.starts(with: "RIFF".utf8), "\(utterance.name)")
            #expect(utterance.number(at: 20, bytes: 2) == muLaw, "\(utterance.name)")
            #expect(utterance.number(at: 22, bytes: 2) == 1, "\(utterance.name)")
            #expect(utterance.number(at: 24, bytes: 4) == 8000, "\(utterance.name)")
            #expect((8000...5 * 8000).contains(utterance.bytes.count), "\(utterance.name)")
        }
    }

    @Test func `both sides speak both languages`() {
        for side in ["caller", "agent"] {
            for language in ["en", "de"] {
                let said = utterances.filter { $0.name.hasPrefix("\(side)-\(language)-") }
                #expect(said.count >= 3, "\(side) \(language)")
                #expect(said.allSatisfy { $0.language == language })
            }
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        let start = drop { $0 == " " }
        return String(String(start.reversed()).drop { $0 == " " }.reversed())
    }
}
