import Console
import Simulators

/// Everything phonesim can be told.
enum Options {
    static let url = Option<String?>.text(
        "url", "URL", "the number's voice URL, where it is really reached")
    static let publicURL = Option<String?>.text(
        "public-url", "URL", "the voice URL as Twilio was given it, which is what is signed")
    static let method = Option.choice("method", ["POST", "GET"], default: "POST", "the webhook's")
    static let sid = Option.text(
        "account-sid", "SID", default: "AC00000000000000000000000000000001", "the account")
    static let token = Option<String?>.text(
        "auth-token", "TOKEN", "signs requests (or TWILIO_AUTH_TOKEN); unsigned without it")
    static let from = Option.text("from", "NUMBER", default: "+15550100001", "who calls")
    static let to = Option.text("to", "NUMBER", default: "+15550100002", "the number called")
    static let callback = Option<String?>.text(
        "status-callback", "URL", "the number's status callback")
    static let fallback = Option<String?>.text(
        "fallback-url", "URL", "asked when no document can be had from where it should come")
    static let asksAfter = Option.duration(
        "ask-after", in: .zero...(.seconds(60)), default: .zero,
        "how long after a stream Twilio asks what comes next")
    static let duplicates = Option.flag("duplicate-callbacks", "every callback comes twice")
    static let shuffles = Option.flag("shuffle-callbacks", "callbacks overtake each other")
    static let extra = Option.list("parameter", "NAME=VALUE", "one more webhook parameter")
    static let caFile = Option<String?>.text("ca-file", "FILE", "trusted besides the system's")
    static let listen = Option<String?>.text(
        "listen", "ADDRESS", "serves Twilio's REST side here; port 0 takes a free one")
    static let portFile = Option<String?>.text(
        "port-file", "FILE", "writes the port that was taken into this file")
    static let dialResult = Option.choice(
        "dial-result", ["completed", "busy", "no-answer", "failed", "canceled"],
        default: "completed", "what becomes of a <Dial>")
    static let dialLasts = Option.duration(
        "dial-lasts", in: .zero...(.seconds(3600)), default: .seconds(2), "how long it takes")
    static let seed = Option<Int?>.whole(
        "seed", "N", in: 0...Int.max, "the dice, call identifiers among them; others every time")
    static let asJSON = Option.flag("json-lines", "one JSON line per call on standard output")

    static let account: [any OptionDeclaration] = [
        url, publicURL, method, sid, token, from, to, callback, fallback, asksAfter, duplicates,
        shuffles, extra, caFile, listen, portFile, dialResult, dialLasts, seed, asJSON,
    ]

    static let wave = Option.list(
        "wav", "FILE", "what the caller says, as WAV; or the name of a recording (see voices)")
    static let cue = Option.choice(
        "cue", ["after-agent", "over-agent", "at-once"], default: "after-agent",
        "when each of them begins")
    static let quiet = Option.duration(
        "quiet", in: .zero...(.seconds(60)), default: .milliseconds(700),
        "how long the agent has been quiet, or speaking, before the caller begins")
    static let keys = Option.list("press", "KEY@TIME", "a key pressed during the stream")
    static let gathered = Option.list("gather", "KEYS", "answers to <Gather>, in order")
    static let hangUpAfter = Option.duration(
        "hang-up-after", in: .zero...(.seconds(14_400)), default: .zero,
        "the caller hangs up; 0: when everything is said")
    static let waits = Option.flag("wait", "the caller never hangs up")
    static let isRude = Option.flag("rude", "hangs up by dropping the connection")
    static let line = Option<String?>.text(
        "line", "WEATHER", "delay=40ms,jitter=20ms,stalls=5,… on the caller's side")
    static let losesStream = Option.duration(
        "lose-stream-after", in: .zero...(.seconds(14_400)), default: .zero,
        "the stream's connection is lost once, the caller stays; 0: never")
    static let stopsReading = Option.duration(
        "stop-reading-after", in: .zero...(.seconds(14_400)), default: .zero,
        "Twilio stops reading the stream; 0: never")
    static let limit = Option.duration(
        "limit", in: .seconds(1)...(.seconds(14_400)), default: .seconds(600),
        "no call lasts longer")
    static let mayBeSilent = Option.flag(
        "may-be-silent", "a call is good though no stream brought any voice")
    static let out = Option<String?>.text("out", "FILE", "writes what the caller heard, as WAV")

    static let caller: [any OptionDeclaration] = [
        wave, cue, quiet, keys, gathered, hangUpAfter, waits, isRude, line, losesStream,
        stopsReading, limit,
        mayBeSilent, out,
    ]

    static let calls = Option.whole("calls", "N", in: 1...100_000, default: 1, "calls to make")
    static let rate = Option.whole(
        "rate", "N", in: 1...10_000, default: 10, "new calls per second")
    static let json = Option<String?>.text("json", "FILE", "writes the results; - is here")

    static let load: [any OptionDeclaration] = [calls, rate, json]

    static let answer = Option.choice(
        "answer", ["in-progress", "busy", "no-answer", "failed"], default: "in-progress",
        "what the callee does")
    static let rings = Option.duration(
        "rings", in: .zero...(.seconds(600)), default: .milliseconds(500), "how long it rings")
    static let answeredBy = Option.choice(
        "answered-by", ["human", "machine", "fax", "unknown"], default: "human",
        "what machine detection finds")
    static let detectionTakes = Option.duration(
        "detection-takes", in: .zero...(.seconds(60)), default: .milliseconds(2_400),
        "how long it listens")
    static let restFault = Option<String?>.text(
        "rest-fault", "429|500|503|500-done[:TIMES]",
        "REST calls fail, the first TIMES of them or all; 500-done does what was asked")
    static let retryAfter = Option<Int?>.whole(
        "rest-retry-after", "SECONDS", in: 0...3_600, "told with 429")
    static let answerDelay = Option.duration(
        "rest-answer-delay", in: .zero...(.seconds(600)), default: .zero,
        "answers come so long after what was asked is done")
    static let perSecond = Option.whole(
        "calls-per-second", "N", in: 1...1_000, default: 1, "placed calls that leave the queue")
    static let restDelay = Option.duration(
        "rest-delay", in: .zero...(.seconds(600)), default: .zero, "added to every REST answer")
    static let key = Option<String?>.text("api-key", "SID:SECRET", "an API key that is good too")

    static let serving: [any OptionDeclaration] = [
        answer, rings, answeredBy, detectionTakes, restFault, retryAfter, restDelay, answerDelay,
        perSecond, key,
    ]
}
