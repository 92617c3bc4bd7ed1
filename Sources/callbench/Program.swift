import Console
import Glibc

/// What callbench takes, and what it does with it.
enum Program {
    static let version = "0.1.0"

    static let what = Operand(
        "WHAT", "codecs, comparison, beginnings, capacity or all (default all)", isOptional: true)

    static let daemon = Option.text(
        "daemon", "FILE", default: ".build/release/callbridge",
        "the callbridge to start and to put under load")
    static let url = Option.text(
        "url", "URL",
        "drive a daemon that runs already, at http://ADDRESS:PORT; it must look for its agent at "
            + "--agent-port and know the authority in --authority")
    static let process = Option.whole(
        "pid", "PID", in: 0...Int(Int32.max), default: 0,
        "with --url: its process, on this machine, for CPU and memory")
    static let agentPort = Option.whole(
        "agent-port", "PORT", in: 0...32_767, default: 0,
        "with --url: where it finds its agent (0 is any free port)")
    static let authority = Option.text(
        "authority", "FOLDER",
        "with --url and TLS: where agent.pem and agent.key lie, or are to be made")
    static let yardstick = Option.text(
        "yardstick", "FOLDER",
        "another bridge to compare with: a folder with the program nullbridge, or its Makefile")
    static let quick = Option.flag("quick", "a rough picture in less than a minute")
    static let calls = Option.list(
        "calls", "N", "calls at one time in the comparison; 50, 100 and 200 if not given")
    static let format = Option.choice(
        "format", ["ulaw_8000", "pcm_16000", "both"], default: "both",
        "what the agent speaks and hears")
    static let transport = Option.choice(
        "agent", ["plain", "tls", "both"], default: "both", "how the agent is reached")
    static let signed = Option.flag(
        "signed", "configure an auth token, and sign what Twilio signs")
    static let variables = Option.list(
        "set", "NAME=VALUE", "one more setting in the daemon's environment")
    static let loops = Option.whole(
        "loops", "N", in: 1...64, default: 1, "event loops of the daemon")
    static let unpinned = Option.flag(
        "unpinned", "let the kernel choose cores: for more than one loop")
    static let json = Option.text("json", "FILE", "write all figures there as JSON, too")

    static let command = Command(
        "callbench",
        "Measures a bridge under load: plays callers and agents, and says what the bridge adds.",
        options: [
            daemon, url, process, agentPort, authority, yardstick, quick, calls, format, transport,
            signed, variables, loops, unpinned, json,
        ],
        operands: [what])

    /// Measures beside this thread, which waits for somebody to end the program.
    static func run(_ arguments: Arguments) -> Never {
        Ending.prepare()
        Task {
            let code = await measure(arguments)
            Ending.tidy()
            code.leave()
        }
        Ending.await()
    }

    private static func measure(_ arguments: Arguments) async -> ExitCode {
        do throws(BenchFault) {
            let plan = try BenchPlan(arguments)
            let report = try await Bench(plan).run()
            print(report.text, terminator: "")
            if let file = arguments[json] { try report.write(to: file) }
            return .success
        } catch {
            Voice.say("callbench: \(error.reason)\n")
            return error.code
        }
    }
}

/// Why there are no figures.
struct BenchFault: Error {
    var code: ExitCode
    var reason: String

    init(_ code: ExitCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

/// What is said beside the report: progress, and what went wrong.
enum Voice {
    /// Writes to standard error.
    static func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
