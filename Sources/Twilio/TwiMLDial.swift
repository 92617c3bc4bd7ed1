extension TwiML {
    /// `<Dial>`: another party called and joined to the caller.
    package struct Dial: Sendable, Equatable {
        /// Whom the caller is joined to.
        package enum Party: Sendable, Equatable {
            /// The first of these to answer.
            case numbers([Number])
            /// Whoever is in the room of that name.
            case conference(Conference)
        }

        /// Whom the caller is joined to.
        package var party: Party
        /// Asked for the next document when the other side is gone, with `DialCallStatus`.
        package var action: String?
        /// Ringing time; Twilio takes 5 to 600 and adds 5 of its own.
        package var timeoutSeconds: Int?
        /// The number shown; without it, or when it is withheld, the caller's own.
        package var callerID: PhoneNumber?
        /// The longest the two may talk.
        package var limitSeconds: Int?
        /// Lets the caller hear ringing, and answers only when the other side does.
        package var answersOnBridge = false

        package init(
            _ numbers: Number..., action: String? = nil, timeoutSeconds: Int? = nil,
            callerID: PhoneNumber? = nil
        ) {
            party = .numbers(numbers)
            self.action = action
            self.timeoutSeconds = timeoutSeconds
            self.callerID = callerID
        }

        package init(_ conference: Conference, action: String? = nil) {
            party = .conference(conference)
            self.action = action
        }
    }

    /// One number that is rung.
    package struct Number: Sendable, Equatable {
        /// Whom to ring, in E.164.
        package var number: PhoneNumber
        /// What the called party hears before the two are joined: a whisper, or a question that
        /// keeps a mailbox from taking the call.
        package var url: String?
        /// Keys pressed after the answer.
        package var digits: String?
        /// Told how this leg fares.
        package var statusCallback: String?
        /// Which of `initiated`, `ringing`, `answered`, `completed` are told.
        package var statusEvents: [String] = []

        package init(_ number: PhoneNumber, url: String? = nil, digits: String? = nil) {
            self.number = number
            self.url = url
            self.digits = digits
        }
    }

    /// A room in which a warm transfer's three parties meet.
    package struct Conference: Sendable, Equatable {
        /// Who names the same room meets there.
        package var name: String
        /// False for who waits until another opens the room.
        package var startsOnEnter = true
        /// True for whose leaving ends it for all.
        package var endsOnExit = false
        /// Tells the others that somebody came or went.
        package var beeps = true
        /// True for who only listens.
        package var muted = false
        /// What is heard while waiting; empty for silence, nil for Twilio's music.
        package var waitURL: String?

        package init(_ name: String) { self.name = name }
    }
}
