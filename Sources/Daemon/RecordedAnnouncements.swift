import Audio
import Calls
import Recordings
import Switchboard

extension AnnouncementShelf {
    /// The announcements as they lie in this program: `house-LANGUAGE-NAME`.
    static func recorded() -> AnnouncementShelf {
        var all: [Announcement: [Language: Recording]] = [:]
        for announcement in Announcement.allCases {
            for language in Language.allCases {
                let name = "house-\(language.rawValue)-\(announcement.rawValue)"
                guard let voice = RecordedVoice.named(name),
                    let file = try? WaveFile(reading: voice.file), file.format == .telephone
                else { continue }
                all[announcement, default: [:]][language] = Recording(
                    text: voice.text, audio: file.bytes)
            }
        }
        return AnnouncementShelf(all)
    }
}
