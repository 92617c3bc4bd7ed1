import Calls

/// Sounds that a byte gives away: agents' replies are 1 to 100, the house's sentences above.
enum HouseSounds {
    static let replyCodes = 100
    private static let sentenceCode: UInt8 = 0x70

    /// The sentences after which a caller may be hung up on.
    static let regrets = Set(
        [Announcement.apology, .timeIsUp].compactMap { regret in
            Announcement.allCases.firstIndex(of: regret).map { sentenceCode + UInt8($0) }
        })

    /// Half a second and more of one byte for each sentence.
    static let announcements = AnnouncementShelf(
        Dictionary(
            uniqueKeysWithValues: Announcement.allCases.enumerated().map { index, announcement in
                let audio = [UInt8](
                    repeating: sentenceCode + UInt8(index), count: 8_000 + 800 * index)
                let recording = AnnouncementShelf.Recording(
                    text: announcement.rawValue, audio: audio)
                return (announcement, [.english: recording])
            }))
}
