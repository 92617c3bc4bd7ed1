import Glibc
import Instruments
import Net
import Testing
import Wire

@testable import Daemon

/// A directory with files, for a reader that looks for them.
final class SettingsDirectory {
    let path: String
    private var names: [String] = []

    init(_ files: [String: String] = [:]) throws {
        var template = Array("/tmp/callbridge-settings-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = template.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
        for (name, text) in files { put(name, text) }
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    func put(_ name: String, _ text: String) {
        let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let bytes = Array(text.utf8)
        _ = write(file, bytes, bytes.count)
        close(file)
        names.append(name)
    }
}

private let sid = "AC00000000000000000000000000000001"
let productionSettings = [
    "ENVIRONMENT": "production", "PUBLIC_URL": "https://calls.example.com",
    "ELEVENLABS_API_KEY": "key_test", "ELEVENLABS_AGENT_ID": "agent_test",
    "TWILIO_ACCOUNT_SID": sid, "TWILIO_AUTH_TOKEN": "token_test",
]

@Suite struct ConfigurationReaderTests {
    private let nowhere = "/tmp/callbridge-no-such-directory"

    private func read(_ environment: [String: String]) -> ConfigurationReport {
        ConfigurationReader(environment: environment, directory: nowhere).read()
    }

    private func faults(_ environment: [String: String]) -> [String] {
        read(environment).faults.map(\.description)
    }

    @Test func `nothing set is development with the built-in agent`() {
        let configuration = read(["PATH": "/bin", "HOME": "/root"]).configuration
        #expect(configuration == Configuration())
        #expect(configuration?.agentSource == .builtIn)
        #expect(configuration?.listening.all == [.address(.tcp(host: "127.0.0.1", port: 3_000))])
    }

    @Test func `every setting arrives where it belongs`() throws {
        let report = read([
            "HOST": "::1", "PORT": "0",
            "LISTEN": "unix:/run/x.sock, [::1]:4000,systemd,systemd:http",
            "INSTANCE": "blue-2", "METRICS_LISTEN": "off",
            "PUBLIC_URL": "https://Calls.Example.com:8443/bridge",
            "LOOPS": "3", "TRUSTED_PROXIES": "unix,192.0.2.0/24,::1",
            "ALLOWED_ORIGINS": "https://www.example.com,http://localhost:8080",
            "API_KEYS": "one, two", "PRIVACY": "strict", "LOG_LEVEL": "debug",
            "ELEVENLABS_API_KEY": "key", "AGENT_ID": "agent_test",
            "ELEVENLABS_BASE_URL":
                "http://127.0.0.1:9", "ELEVENLABS_SUPPORT_AGENT_ID": "agent_test_support",
            "ELEVENLABS_SALES_AGENT_ID": "agent_test_sales", "TWILIO_ACCOUNT_SID": sid,
            "TWILIO_AUTH_TOKEN": "new,old", "TWILIO_PHONE_NUMBER": "+15550100",
            "TWILIO_BASE_URL": "http://localhost:8", "STREAM_START_TIMEOUT": "1.5s",
            "AGENT_START_TIMEOUT": "900ms", "CALL_DURATION_MAX": "4h", "CALLS_MAX": "7",
            "PLAYBACK_LEAD": "2s",
        ])
        #expect(report.faults == [])
        let it = try #require(report.configuration)
        #expect(it.listening.host == "::1" && it.listening.port == 0)
        #expect(
            it.listening.all == [
                .address(.unix(path: "/run/x.sock")), .address(.tcp(host: "::1", port: 4_000)),
                .activated(name: nil), .activated(name: "http"),
            ])
        #expect(it.listening.metrics == nil && it.listening.instance == "blue-2")
        #expect(it.listening.publicURL?.text == "https://calls.example.com:8443/bridge")
        #expect(it.loops == 3)
        #expect(it.access.trustedProxies.count == 3)
        #expect(it.access.allowedOrigins.map(\.port) == [443, 8_080])
        #expect(it.access.apiKeys.map(\.revealed) == ["one", "two"])
        #expect(it.log.privacy == .strict && it.log.level == .debug)
        #expect(it.agentSource == .elevenLabs(agentID: "agent_test", apiKey: SecretText("key")))
        #expect(it.agents.baseURL.text == "http://127.0.0.1:9/")
        #expect(it.agents.supportAgentID == "agent_test_support")
        #expect(it.agents.salesAgentID == "agent_test_sales")
        #expect(it.telephone.accountSID?.text == sid)
        #expect(it.telephone.authTokens.map(\.revealed) == ["new", "old"])
        #expect(it.outbound.from?.e164 == "+15550100")
        #expect(it.telephone.baseURL.port == 8)
        #expect(it.guards.call.streamStartMax == .milliseconds(1_500))
        #expect(it.guards.call.agentStartMax == .milliseconds(900))
        #expect(it.guards.call.durationMax == .seconds(14_400))
        #expect(it.guards.callsMax == 7 && it.guards.call.playbackLeadMax == .seconds(2))
    }

    @Test(arguments: [
        ("PORT", "70000", "PORT is '70000'; expected a port from 0 to 65535, 0 for any free one"),
        ("PORT", "-1", "PORT is '-1'; expected a port from 0 to 65535, 0 for any free one"),
        ("CALLS_MAX", "0", "CALLS_MAX is '0'; expected a whole number from 1 to 10000"),
        ("LOOPS", "many", "LOOPS is 'many'; expected auto or a whole number from 1 to 256"),
        (
            "PLAYBACK_LEAD", "100ms",
            "PLAYBACK_LEAD is '100ms'; expected a time from 400ms to 2s, "
                + "such as 400ms, 2s, 15m or 4h"
        ),
        (
            "AGENT_START_TIMEOUT", "5",
            "AGENT_START_TIMEOUT is '5'; expected a time from 500ms to 30s, "
                + "such as 400ms, 2s, 15m or 4h"
        ),
        ("PRIVACY", "loud", "PRIVACY is 'loud'; expected one of strict, standard, debug"),
        (
            "LOG_LEVEL", "INFO",
            "LOG_LEVEL is 'INFO'; expected one of error, warning, notice, info, debug"
        ),
        ("ENVIRONMENT", "prod", "ENVIRONMENT is 'prod'; expected one of development, production"),
        ("HOST", "a b", "HOST is 'a b'; expected a host name or an IP address"),
        (
            "INSTANCE", "Blue/1",
            "INSTANCE is 'Blue/1'; expected at most 32 lower-case letters, digits and hyphens"
        ),
        (
            "METRICS_LISTEN", "9300",
            "METRICS_LISTEN is '9300'; expected off, HOST:PORT or unix:/PATH"
        ),
        (
            "LISTEN", "127.0.0.1:1,here",
            "LISTEN item 2 is 'here'; expected at most 16, with commas between them, each "
                + "HOST:PORT, unix:/PATH, systemd or systemd:NAME"
        ),
        (
            "TRUSTED_PROXIES", "10.1.2.3/8",
            "TRUSTED_PROXIES is '10.1.2.3/8'; expected at most 64, with commas between them, each "
                + "unix, an IP address, or a range such as 192.0.2.0/24 whose other bits are zero"
        ),
        (
            "ALLOWED_ORIGINS", "https://example.com/path",
            "ALLOWED_ORIGINS cannot be used; expected at most 64, with commas between them, each "
                + "http:// or https://, a host and perhaps a port"
        ),
        (
            "PUBLIC_URL", "calls.example.com",
            "PUBLIC_URL cannot be used; expected http:// or https://, a host, perhaps a port and "
                + "a path, and no ?"
        ),
        (
            "TWILIO_ACCOUNT_SID", "token_in_the_wrong_line",
            "TWILIO_ACCOUNT_SID cannot be used; expected an account's SID: AC and 32 hexadecimal "
                + "digits"
        ),
        (
            "TWILIO_PHONE_NUMBER", "555 0100",
            "TWILIO_PHONE_NUMBER cannot be used; expected a number such as +15550100: + and 2 to "
                + "15 digits"
        ),
        (
            "AGENT_ID", "agent/1",
            "AGENT_ID cannot be used; expected an agent's id: at most 128 letters, digits, - and _"
        ),
        (
            "API_KEYS", "good,,bad",
            "API_KEYS item 2 cannot be used; expected at most 16, with commas between them, each "
                + "1 to 1024 visible ASCII characters without a space"
        ),
    ])
    func `a wrong value is told with its name and what is expected`(
        name: String, value: String, fault: String
    ) {
        #expect(faults([name: value]) == ["environment: \(fault)"])
    }

    @Test func `a secret is in no fault, no report and no description`() throws {
        let wrong = faults([
            "ELEVENLABS_API_KEY": "sk_hid den", "TWILIO_AUTH_TOKEN": "ok,hid\tden",
            "API_KEYS": "hidden hidden", "WEBHOOK_SECRET": "hidden\u{7}",
        ])
        #expect(wrong.count == 4)
        #expect(!wrong.joined().contains("hid"))
        let right = read([
            "ELEVENLABS_API_KEY": "hidden1", "AGENT_ID": "agent_test", "API_KEYS": "hidden2",
            "TWILIO_AUTH_TOKEN": "hidden3,hidden4", "WEBHOOK_SECRET": "hidden5",
            "TWILIO_PHONE_NUMBER": "+15550100123",
        ])
        let configuration = try #require(right.configuration)
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [right.text, "\(configuration)", dumped, String(reflecting: configuration)] {
            #expect(!text.contains("hidden") && !text.contains("5550100"))
        }
        #expect(right.text.contains("TWILIO_AUTH_TOKEN            (set),(set)"))
    }

    @Test func `unknown names of our families are told, others are not ours`() {
        #expect(
            faults([
                "ELEVENLABS_API_KY": "x", "TWILIO_AUTHTOKEN": "x", "CALLBRIDGE_PORT": "1",
                "TWILIO_EDGE": "x", "PROT": "x", "DATABASE": "x",
            ]) == [
                "environment: CALLBRIDGE_PORT is no setting; did you mean PORT?",
                "environment: ELEVENLABS_API_KY is no setting; did you mean ELEVENLABS_API_KEY?",
                "environment: TWILIO_AUTHTOKEN is no setting; did you mean TWILIO_AUTH_TOKEN?",
                "environment: TWILIO_EDGE is no setting",
            ])
    }

    @Test func `both names of one setting must agree`() {
        #expect(
            read(["AGENT_ID": "agent_test", "ELEVENLABS_AGENT_ID": "agent_test"]).faults == [])
        #expect(
            faults(["AGENT_ID": "agent_test1", "ELEVENLABS_AGENT_ID": "agent_test2"]) == [
                "environment: ELEVENLABS_AGENT_ID and AGENT_ID (environment) differ, but they "
                    + "are one setting; remove one of them"
            ])
    }

    @Test func `both names of the webhook secret count together`() {
        let both = read(["ELEVENLABS_WEBHOOK_SECRET": "new,newer", "WEBHOOK_SECRET": "old"])
        #expect(
            both.configuration?.agents.webhookSecrets.map(\.revealed) == ["new", "newer", "old"])
        let one = read(["ELEVENLABS_WEBHOOK_SECRET": "", "WEBHOOK_SECRET": "old"])
        #expect(one.configuration?.agents.webhookSecrets.map(\.revealed) == ["old"])
        let wrong = read(["ELEVENLABS_WEBHOOK_SECRET": "new", "WEBHOOK_SECRET": "o ld"])
        #expect(wrong.faults.map(\.problem).first?.hasPrefix("WEBHOOK_SECRET cannot") == true)
    }

    @Test func `every fault is told, not the first one`() {
        #expect(faults(["PORT": "x", "LOOPS": "x", "PRIVACY": "x", "TWILIO_X": "x"]).count == 4)
    }
}
