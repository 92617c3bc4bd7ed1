/// A document that tells Twilio what the caller gets next: the verbs we speak, top to bottom.
///
/// When the verbs are exhausted the call is hung up; a verb with an `action` hands over to what
/// that address answers. `text` writes the document and checks what Twilio would only report
/// in its debugger, after the caller has heard an apology.
package struct TwiML: Sendable, Equatable {
    /// The verbs in the order Twilio runs them; none is a valid answer that hangs up.
    package var verbs: [Verb]

    /// A document of these verbs.
    package init(_ verbs: Verb...) { self.verbs = verbs }
    /// A document of these verbs.
    package init(_ verbs: [Verb]) { self.verbs = verbs }

    /// One instruction; any but a leading `pause` answers the call.
    package indirect enum Verb: Sendable, Equatable {
        /// Bridges the caller to our socket until the socket ends.
        case connect(Connect)
        /// Reads a text aloud.
        case say(Say)
        /// Plays an MP3 or WAV from an address, `loop` times; 0 is until the call ends.
        case play(url: String, loop: Int = 1)
        /// Plays keys, `0-9*#`, `w` and `W` for half a second and a second.
        case playDigits(String)
        /// Waits; as the first verb it lets the caller hear ringing instead.
        case pause(seconds: Int)
        /// Calls somebody else and joins the two.
        case dial(Dial)
        /// Ends the call.
        case hangup
        /// Goes on with what this address answers.
        case redirect(url: String)
        /// Collects keys or speech while its own verbs are heard.
        case gather(Gather)
    }

    /// `<Connect><Stream>`: the two-way media stream.
    package struct Connect: Sendable, Equatable {
        /// Asked for the next document when the stream ended.
        package var action: String?
        /// The socket's address: `wss`, without a query, which Twilio would drop.
        package var url: String
        /// Told when the stream started, stopped or failed.
        package var statusCallback: String?
        /// Handed to the socket in `start.customParameters`.
        package var parameters: [Parameter]

        package init(
            url: String, action: String? = nil, statusCallback: String? = nil,
            parameters: [Parameter] = []
        ) {
            self.url = url
            self.action = action
            self.statusCallback = statusCallback
            self.parameters = parameters
        }
    }

    /// One name and value for the socket; together below 500 characters.
    package struct Parameter: Sendable, Equatable {
        /// What the socket finds it under.
        package var name: String
        /// What it finds there.
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A text read aloud; without voice and language, the account's defaults.
    package struct Say: Sendable, Equatable {
        /// What is read; SSML is not used.
        package var text: String
        /// A BCP 47 tag, such as `de-DE`.
        package var language: String?
        /// A voice by Twilio's name, such as `Polly.Vicki`.
        package var voice: String?

        package init(_ text: String, language: String? = nil, voice: String? = nil) {
            self.text = text
            self.language = language
            self.voice = voice
        }
    }

    /// Keys or speech from the caller.
    package struct Gather: Sendable, Equatable {
        /// What is listened to.
        package enum Input: String, Sendable {
            case keys = "dtmf"
            case speech
            case both = "dtmf speech"
        }

        /// What is listened to.
        package var input: Input = .keys
        /// Asked for the next document, with `Digits` or `SpeechResult`.
        package var action: String?
        /// Seconds of nothing that end the wait.
        package var timeoutSeconds: Int = 5
        /// As many keys end the wait.
        package var digitsMax: Int?
        /// The key that ends the wait; empty for none.
        package var finishOnKey: String?
        /// Of the speech, a BCP 47 tag.
        package var language: String?
        /// Asks `action` also when nothing came, instead of falling through.
        package var asksWhenEmpty = false
        /// Say, play and pause, stopped by the first key.
        package var prompts: [Verb] = []

        package init(_ prompts: Verb..., action: String? = nil) {
            self.prompts = prompts
            self.action = action
        }
    }
}

/// Why a document cannot be given to Twilio.
package enum TwiMLFault: Error, Sendable, Equatable {
    /// Larger than Twilio reads.
    case tooLong(bytes: Int, limit: Int)
    /// Name and value of this parameter reach 500 characters.
    case parameterTooLong(name: String)
    /// The stream's address is not `wss` or bears a query.
    case streamURL
    /// `gather` holds a verb that cannot be nested in it.
    case nested
    /// A conference without a name, or a dial without anybody who can be called.
    case nobodyToDial
}
