/// A TwiML document as Twilio understands it: verbs to be run from top to bottom.
package struct TwiMLScript: Sendable, Equatable {
    package var verbs: [Verb]
    /// What was wrong and yet did not stop the document from being run.
    package var entries: [DebuggerEntry]

    /// One instruction.
    package indirect enum Verb: Sendable, Equatable {
        case connect(Connect)
        case say(Say)
        /// A recording's address; 0 loops is until the call ends.
        case play(url: String, loops: Int)
        case playDigits(String)
        case pause(seconds: Int)
        case hangup
        case reject(reason: String)
        case redirect(Callback)
        case dial(Dial)
        case gather(Gather)
    }

    /// An address to be asked, relative or absolute, and the method.
    package struct Callback: Sendable, Equatable {
        package var url: String
        package var method: String
    }

    /// `<Connect><Stream>`.
    package struct Connect: Sendable, Equatable {
        package var action: Callback?
        package var url: String
        package var name: String?
        package var statusCallback: Callback?
        package var parameters: [Parameter]
        /// Why the stream cannot begin; `action` is asked all the same.
        package var fault: DebuggerEntry?
    }

    /// What `start.customParameters` will hold.
    package struct Parameter: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    /// `<Say>`, its speech markup taken off.
    package struct Say: Sendable, Equatable {
        package var text: String
        package var voice: String?
        package var language: String
        package var loops: Int
    }

    /// `<Dial>`.
    package struct Dial: Sendable, Equatable {
        package var parties: [Party]
        package var action: Callback?
        package var timeoutSeconds: Int
        package var callerID: String?
    }

    /// Whom a dial calls.
    package enum Party: Sendable, Equatable {
        case number(String, whisper: Callback?, sendDigits: String?)
        case client(String)
        case sip(String)
        case conference(String)
        case queue(String)
    }

    /// `<Gather>`.
    package struct Gather: Sendable, Equatable {
        package var prompts: [Verb]
        package var action: Callback?
        package var timeoutSeconds: Int
        package var digitsMax: Int?
        package var finishOnKey: String
        package var asksWhenEmpty: Bool
    }
}
