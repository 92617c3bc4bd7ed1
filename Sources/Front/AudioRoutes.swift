import Audio
import Calls
import Net
import Switchboard
import Wire

/// The house's recordings, for Twilio's `<Play>`.
struct AudioRoutes: Sendable {
    let desk: FrontDesk

    /// Where a recording is.
    static func path(_ announcement: Announcement, _ language: Language) -> String {
        "/audio/\(announcement.rawValue)/\(language.rawValue).wav"
    }

    /// Where the music is.
    static let music = "/audio/music/hold.wav"

    /// `GET /audio/{name}/{file}`: µ-law in a WAV, 8 kHz, mono.
    func recording(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let parameters = exchange.parameters
        if exchange.request.path.hasSuffix(Self.music) { return Self.answer(HoldMusic.phrase) }
        let file = (parameters["file"] ?? "").split(separator: ".", maxSplits: 1)
        guard let announcement = Announcement(rawValue: parameters["name"] ?? ""),
            file.count == 2, file[1] == "wav", let language = Language(rawValue: String(file[0])),
            let recording = desk.announcements.recording(announcement, in: language)
        else { throw Problem(404, "Not found", "there is no such recording") }
        return Self.answer(recording.audio)
    }

    private static func answer(_ audio: [UInt8]) -> HTTPAnswer {
        .respond(
            HTTPResponse(
                status: 200,
                fields: ["Content-Type": "audio/wav", "Cache-Control": "public, max-age=86400"],
                body: WaveFile(format: .telephone, bytes: audio).encoded))
    }
}
