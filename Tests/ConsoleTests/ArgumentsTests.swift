import Console
import Testing

private let calls = Option.whole("calls", "N", in: 1...5_000, default: 1, "calls at once")
    .letter("n")
private let verbose = Option<Bool>.flag("verbose", "says more").letter("v")
private let quiet = Option<Bool>.flag("quiet", "says less").letter("q")
private let wav = Option<String?>.text("wav", "FILE", "what the caller says")
private let target = Option.text("target", "URL", default: "http://127.0.0.1:3000", "whom to call")
private let format = Option.choice(
    "format", ["ulaw_8000", "pcm_16000"], default: "ulaw_8000", "the caller's audio")
private let length = Option.duration(
    "length", in: .seconds(1)...(.seconds(3_600)), default: .seconds(30), "how long a call lasts")
private let headers = Option<[String]>.list("header", "NAME:VALUE", "sent with each request")

private let flat = Command(
    "phonesim", "Plays a telephone.",
    options: [calls, verbose, quiet, wav, target, format, length, headers],
    operands: [Operand("SCRIPT", "what to do"), Operand("OUT", "where to", isOptional: true)])

private let config = Option<String?>.text("config", "FILE", "where the settings are")
private let fix = Option<Bool>.flag("fix", "repairs after asking")
private let tree = Command(
    "callbridge", "Answers telephones.", options: [config],
    commands: [
        Command("serve", "Serves."),
        Command("doctor", "Tests the deployment.", options: [fix]),
        Command(
            "ctl", "Steers a running daemon.",
            commands: [
                Command("call", "Shows one call.", operands: [Operand("ID", "the call")]),
                Command("calls", "Lists the calls."),
            ]),
    ])

private func run(_ command: Command, _ words: String...) -> Arguments? {
    guard case .run(let arguments) = command.parse(words, version: "1.2.3") else { return nil }
    return arguments
}

private func wrong(_ command: Command, _ words: String...) -> String? {
    guard case .wrong(let text) = command.parse(words, version: "1.2.3") else { return nil }
    return text
}

private func answer(_ command: Command, _ words: String...) -> String? {
    guard case .answer(let text) = command.parse(words, version: "1.2.3") else { return nil }
    return text
}

@Suite struct ArgumentsTests {
    @Test func `what is not given has its default`() throws {
        let arguments = try #require(run(flat, "script"))
        #expect(arguments[calls] == 1)
        #expect(arguments[verbose] == false)
        #expect(arguments[wav] == nil)
        #expect(arguments[target] == "http://127.0.0.1:3000")
        #expect(arguments[length] == .seconds(30))
        #expect(arguments[headers].isEmpty)
        #expect(!arguments.has(calls))
    }

    @Test(arguments: [
        ["--calls", "7", "s"], ["--calls=7", "s"], ["-n", "7", "s"], ["-n7", "s"],
        ["s", "--calls", "7"], ["--calls=3", "s", "-n7"], ["-vn7", "s"], ["-vn", "7", "s"],
    ])
    func `a value may be written in every usual way`(words: [String]) throws {
        guard case .run(let arguments) = flat.parse(words, version: "") else {
            Issue.record("refused: \(words)")
            return
        }
        #expect(arguments[calls] == 7)
        #expect(arguments.operands == ["s"])
    }

    @Test func `every type of value is read`() throws {
        let arguments = try #require(
            run(
                flat, "-vq", "--wav", "-h", "--target=a=b", "--format", "pcm_16000",
                "--length=1.5s", "--header", "A:1", "--header=B:2", "-", "out"))
        #expect(arguments[verbose] && arguments[quiet])
        #expect(arguments[wav] == "-h")
        #expect(arguments[target] == "a=b")
        #expect(arguments[format] == "pcm_16000")
        #expect(arguments[length] == .milliseconds(1_500))
        #expect(arguments[headers] == ["A:1", "B:2"])
        #expect(arguments.operands == ["-", "out"])
    }

    @Test func `after two dashes nothing is an option`() throws {
        let arguments = try #require(run(flat, "--", "--calls", "-v"))
        #expect(arguments.operands == ["--calls", "-v"])
        #expect(arguments[verbose] == false)
    }

    @Test func `an empty value is a value`() throws {
        #expect(run(flat, "--target=", "s")?[target] == "")
        #expect(run(flat, "--wav", "", "s")?[wav] == .some(""))
    }

    @Test(arguments: [
        (["--cals=3", "s"], "unknown option '--cals'; did you mean '--calls'?"),
        (["--xyzzy", "s"], "unknown option '--xyzzy'"),
        (["-x", "s"], "unknown option '-x'"),
        (["-vx", "s"], "unknown option '-x'"),
        (["--calls"], "--calls needs a value: N"),
        (["-n"], "--calls needs a value: N"),
        (["--verbose=yes", "s"], "--verbose takes no value"),
        (["--calls=0", "s"], "--calls is a whole number from 1 to 5000, not '0'"),
        (["--calls=many", "s"], "--calls is a whole number from 1 to 5000, not 'many'"),
        (["--calls=", "s"], "--calls is a whole number from 1 to 5000, not ''"),
        (["--format=mp3", "s"], "--format is one of ulaw_8000|pcm_16000, not 'mp3'"),
        (["--length=5", "s"], "--length is a time from 1s to 1h, such as 2s, not '5'"),
        (["--length=2h", "s"], "--length is a time from 1s to 1h, such as 2s, not '2h'"),
        ([], "SCRIPT is missing"),
        (["a", "b", "c"], "'c' is more than expected"),
        (["--=3", "s"], "unknown option '--'"),
        (["--halp"], "unknown option '--halp'; did you mean '--help'?"),
    ])
    func `a wrong word is named and the help is offered`(words: [String], fault: String) {
        guard case .wrong(let text) = flat.parse(words, version: "") else {
            Issue.record("accepted: \(words)")
            return
        }
        #expect(text == "phonesim: \(fault)\nTry 'phonesim --help'.\n")
    }

    @Test func `commands are found at any depth, with the options above them`() throws {
        let serve = try #require(run(tree, "--config", "a", "serve"))
        #expect(serve.command == ["serve"] && serve[config] == "a")
        let call = try #require(run(tree, "ctl", "--config=b", "call", "CA1"))
        #expect(call.command == ["ctl", "call"] && call[config] == "b")
        #expect(call.operands == ["CA1"])
        #expect(run(tree, "doctor", "--fix")?[fix] == true)
    }

    @Test func `a wrong command is named where it stands`() {
        #expect(
            wrong(tree, "serv")
                == "callbridge: unknown command 'serv'; did you mean 'serve'?\n"
                + "Try 'callbridge --help'.\n")
        #expect(
            wrong(tree, "ctl") == "callbridge: a command is missing: call, calls\n"
                + "Try 'callbridge ctl --help'.\n")
        #expect(wrong(tree, "serve", "--fix")?.contains("unknown option '--fix'") == true)
        #expect(wrong(tree)?.contains("a command is missing: serve, doctor, ctl") == true)
        #expect(wrong(tree, "ctl", "call")?.contains("ID is missing") == true)
    }

    @Test func `the version is told`() {
        #expect(answer(tree, "--version") == "callbridge 1.2.3\n")
        #expect(answer(tree, "ctl", "--version") == "callbridge 1.2.3\n")
    }

    @Test func `the help of a program is made from its declarations`() {
        #expect(
            answer(flat, "-h") == """
                Usage: phonesim [OPTION]… SCRIPT [OUT]

                Plays a telephone.

                Operands:
                  SCRIPT  what to do
                  OUT     where to

                Options:
                  -n, --calls=N            calls at once (default 1)
                  -v, --verbose            says more
                  -q, --quiet              says less
                      --wav=FILE           what the caller says
                      --target=URL         whom to call (default http://127.0.0.1:3000)
                      --format=ulaw_8000|pcm_16000
                                           the caller's audio (default ulaw_8000)
                      --length=TIME        how long a call lasts (default 30s)
                      --header=NAME:VALUE  sent with each request (may be repeated)
                  -h, --help               shows this page
                      --version            shows the version

                """)
    }

    @Test func `each command has its own help, also when the rest is wrong`() {
        #expect(answer(tree, "--help")?.contains("  doctor  Tests the deployment.\n") == true)
        let page = answer(tree, "ctl", "call", "--help")
        #expect(page?.hasPrefix("Usage: callbridge ctl call [OPTION]… ID\n\nShows one") == true)
        #expect(page?.contains("--config=FILE") == true)
        #expect(page?.contains("--fix") == false)
    }

    @Test func `long help is broken between words`() {
        let option = Option<Bool>.flag(
            "x", Array(repeating: "word", count: 40).joined(separator: " "))
        let page = answer(Command("p", "Does it.", options: [option]), "--help") ?? ""
        #expect(page.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(page.split(separator: " ").filter { $0.hasPrefix("word") }.count == 40)
    }
}
