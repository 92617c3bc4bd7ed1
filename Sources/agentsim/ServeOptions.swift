import Audio
import Console
import Net
import Simulators
import Wire

/// What `agentsim serve` can be told, and the service it makes of it.
enum ServeOptions {
    private static let formats = AudioFormat.agentFormats.map(\.name)

    static let listen = Option.text(
        "listen", "ADDRESS", default: "127.0.0.1:0", "where to listen; port 0 takes a free one")
    static let portFile = Option.text(
        "port-file", "FILE", "writes the port that was taken into this file")
    static let format = Option.choice(
        "format", formats, default: "pcm_16000", "audio both ways")
    static let inputFormat = Option<String?>.text(
        "input-format", "FORMAT", "the caller's audio, if it differs")
    static let scripts = Option.list("script", "FILE", "what the agent says; one per language")
    static let faults = Option.list("fault", "NAME[=VALUE][@TIME]", "plays a failure")
    static let apiKey = Option<String?>.text("api-key", "KEY", "demands this xi-api-key")
    static let agents = Option.list("agent", "ID", "an agent that exists; default: every id")
    static let isPrivate = Option.flag("private", "demands a signed URL or the key")
    static let singleUse = Option.flag("single-use", "a signed URL opens one conversation")
    static let permitted = Option.list("permit", "FIELD", "permits this override, no others")
    static let drops = Option.flag("drop-overrides", "forbidden overrides have no effect")
    static let ping = Option.duration(
        "ping-every", in: .milliseconds(100)...(.seconds(600)), default: .seconds(2),
        "time between pings")
    static let pongsMissed = Option.whole(
        "unanswered-pings", "N", in: 0...1000, default: 0, "closes after so many; 0: never")
    static let lead = Option.choice(
        "lead", AgentManners.Lead.allCases.map(\.rawValue), default: "either",
        "what comes first in a turn")
    static let longest = Option.duration(
        "max-duration", in: .seconds(1)...(.seconds(7200)), default: .seconds(600),
        "ends longer conversations")
    static let receiveTimeout = Option.duration(
        "receive-timeout", in: .seconds(1)...(.seconds(7200)), default: .seconds(60),
        "gives up a client that sends no audio")
    static let closeDelay = Option.duration(
        "close-delay", in: .zero...(.seconds(60)), default: .milliseconds(500),
        "between the last audio of an end-call and the close")
    static let closesLate = Option.flag(
        "close-after-playback", "an end-call waits until everything has been played")
    static let protectsGreeting = Option.flag(
        "protect-greeting", "the greeting cannot be interrupted")
    static let events = Option.list("client-event", "NAME", "sends these events, no others")
    static let restFault = Option<String?>.text(
        "rest-fault", "429|500|TIME", "a status, or a delay, for every REST call")
    static let reportTo = Option<String?>.text("report-to", "URL", "posts post-call reports here")
    static let reportSecret = Option<String?>.text(
        "report-secret", "SECRET", "signs reports with it")
    static let reportFault = Option<String?>.text(
        "report-fault", "duplicate|wrong-signature|late", "how reports go wrong")
    static let reportsAudio = Option.flag("report-audio", "posts post_call_audio too")
    static let toolOrigin = Option<String?>.text(
        "tool-origin", "URL", "in front of relative addresses of webhook tools")
    static let caFile = Option<String?>.text("ca-file", "FILE", "trusted besides the system's")
    static let certificate = Option<String?>.text("tls-cert", "FILE", "serves TLS with it")
    static let key = Option<String?>.text("tls-key", "FILE", "the certificate's key")
    static let out = Option<String?>.text(
        "out", "DIR", "writes what each agent heard (WAV) and what happened (JSON)")
    static let seed = Option.whole("seed", "N", in: 0...Int.max, default: 1, "the dice")
    static let asJSON = Option.flag("json", "one JSON line per conversation")

    static let all: [any OptionDeclaration] = [
        listen, portFile, format, inputFormat, scripts, faults, apiKey, agents, isPrivate,
        singleUse, permitted, drops, ping, pongsMissed, lead, longest, receiveTimeout, closeDelay,
        closesLate, protectsGreeting, events, restFault, reportTo,
        reportSecret, reportFault, reportsAudio, toolOrigin, caFile, certificate, key, out, seed,
        asJSON,
    ]

    /// The service that was asked for.
    static func service(_ arguments: Arguments) throws(Complaint) -> AgentOptions {
        var options = AgentOptions()
        options.manners = try manners(arguments)
        options.apiKey = arguments[apiKey].map { SecretText($0) }
        options.agentIDs = arguments[agents]
        options.isPrivate = arguments[isPrivate]
        options.signedURLsAreSingle = arguments[singleUse]
        options.reportSecret = SecretText(arguments[reportSecret] ?? "")
        options.reportsAudio = arguments[reportsAudio]
        options.extraCAFile = arguments[caFile]
        options.seed = UInt64(arguments[seed])
        if let text = arguments[reportTo] { options.reportTo = try address(text) }
        if let text = arguments[toolOrigin] { options.toolOrigin = try address(text) }
        if let text = arguments[reportFault] { options.reportFault = try readReportFault(text) }
        if let text = arguments[restFault] { options.restFault = try readRESTFault(text) }
        return options
    }

    private static func readReportFault(
        _ text: String
    ) throws(Complaint) -> AgentOptions.ReportFault {
        guard let fault = AgentOptions.ReportFault(rawValue: text) else {
            throw Complaint(text: "there is no report fault \(text)", code: .usage)
        }
        return fault
    }

    private static func readRESTFault(_ text: String) throws(Complaint) -> AgentOptions.RESTFault {
        switch text {
        case "429": return .tooMany
        case "500": return .broken
        default:
            guard let delay = Duration(written: text) else {
                throw Complaint(text: "--rest-fault \(text) is no fault", code: .usage)
            }
            return .slow(delay)
        }
    }

    private static func manners(_ arguments: Arguments) throws(Complaint) -> AgentManners {
        var manners = AgentManners()
        manners.outputFormat = AudioFormat(arguments[format]) ?? .wideband
        manners.inputFormat = try audioFormat(arguments[inputFormat] ?? arguments[format])
        var scripts: [AgentScript] = []
        for path in arguments[Self.scripts] { scripts.append(try ScriptFile.read(path)) }
        if !scripts.isEmpty { manners.scripts = scripts }
        for text in arguments[faults] { manners.faults.append(try plannedFault(text)) }
        if arguments.has(permitted) { manners.permittedOverrides = Set(arguments[permitted]) }
        if arguments[drops] { manners.forbidden = .drop }
        manners.pingEvery = arguments[ping]
        let limit = arguments[pongsMissed]
        manners.unansweredPingsMax = limit == 0 ? nil : limit
        manners.lead = AgentManners.Lead(rawValue: arguments[lead]) ?? .either
        if arguments.has(events) { manners.clientEvents = Set(arguments[events]) }
        manners.durationMax = arguments[longest]
        manners.receiveTimeout = arguments[receiveTimeout]
        manners.closeDelay = arguments[closeDelay]
        manners.closesAfterPlayback = arguments[closesLate]
        manners.protectsGreeting = arguments[protectsGreeting]
        manners.keepsAudio = arguments[out] != nil
        return manners
    }

    private static func audioFormat(_ text: String) throws(Complaint) -> AudioFormat {
        guard let format = AudioFormat(text) else {
            throw Complaint(text: "\(text) is no audio format", code: .usage)
        }
        return format
    }

    private static func plannedFault(_ text: String) throws(Complaint) -> PlannedFault {
        do { return try PlannedFault(text) } catch {
            throw Complaint(text: error.reason, code: .usage)
        }
    }

    private static func address(_ text: String) throws(Complaint) -> WebAddress {
        guard let address = try? WebAddress(text) else {
            throw Complaint(text: "\(text) is no address", code: .usage)
        }
        return address
    }
}
