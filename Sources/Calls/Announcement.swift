package import Switchboard

/// A sentence the house speaks itself, recorded in every language.
package enum Announcement: String, Sendable, CaseIterable {
    /// The agent is being replaced, or needs long for an answer.
    case oneMoment = "one-moment"
    /// Nobody can speak to the caller now.
    case apology
    /// The caller has said nothing for long.
    case stillThere = "still-there"
    /// The longest call is over.
    case timeIsUp = "time-is-up"
    /// All lines are taken; the caller may wait.
    case queue
    /// All lines are taken, and there is no waiting.
    case busy
}

/// The recordings of the announcements.
package struct AnnouncementShelf: Sendable {
    /// One announcement in one language.
    package struct Recording: Sendable, Equatable {
        /// The words.
        package var text: String
        /// Headerless G.711 µ-law, 8,000 bytes a second.
        package var audio: [UInt8]

        package init(text: String, audio: [UInt8]) {
            self.text = text
            self.audio = audio
        }
    }

    private let recordings: [Announcement: [Language: Recording]]

    /// An announcement that is missing is silent.
    package init(_ recordings: [Announcement: [Language: Recording]] = [:]) {
        self.recordings = recordings
    }

    /// The recording; nil when there is none.
    package func recording(_ announcement: Announcement, in language: Language) -> Recording? {
        recordings[announcement]?[language]
    }
}
