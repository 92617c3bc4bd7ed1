import Testing

@testable import Daemon

private let sid = "AC00000000000000000000000000000001"
private let good = [
    "ENVIRONMENT": "production", "PUBLIC_URL": "https://calls.example.com",
    "ELEVENLABS_API_KEY": "key_test", "ELEVENLABS_AGENT_ID": "agent_test",
    "TWILIO_ACCOUNT_SID": sid, "TWILIO_AUTH_TOKEN": "token_test",
]

private func report(_ environment: [String: String]) -> ConfigurationReport {
    ConfigurationReader(environment: environment, directory: "/nowhere").read()
}

private func faults(_ environment: [String: String]) -> [String] {
    report(environment).faults.map(\.description)
}

@Suite struct ConfigurationRulesTests {
    @Test func `production with what it needs starts`() {
        #expect(faults(good) == [])
        #expect(report(good).configuration?.agentSource != .builtIn)
    }

    @Test func `production tells everything it lacks`() {
        #expect(
            faults(["ENVIRONMENT": "production"]) == [
                "configuration: PUBLIC_URL is missing; production needs the https:// address "
                    + "Twilio calls",
                "configuration: ELEVENLABS_API_KEY is missing; production needs a key of the "
                    + "agent's workspace",
                "configuration: ELEVENLABS_AGENT_ID is missing; production needs the agent that "
                    + "answers",
                "configuration: TWILIO_ACCOUNT_SID is missing; production needs the account of "
                    + "the number",
                "configuration: TWILIO_AUTH_TOKEN is missing; production needs the token that "
                    + "signs Twilio's requests",
            ])
    }

    @Test(arguments: [
        (["PUBLIC_URL": "http://calls.example.com"], "PUBLIC_URL is not https://"),
        (["ELEVENLABS_BASE_URL": "http://192.0.2.1"], "ELEVENLABS_BASE_URL is not https://"),
        (["TWILIO_BASE_URL": "http://example.com"], "TWILIO_BASE_URL is not https://"),
        (["API_KEYS": "sixteen-letters-,short"], "API_KEYS has a key of less than 16"),
        (["TWILIO_AUTH_TOKEN": ""], "TWILIO_AUTH_TOKEN is missing"),
    ])
    func `production refuses what would be unsafe`(change: [String: String], fault: String) {
        let found = report(good.merging(change) { $1 }).faults
        #expect(found.count == 1)
        #expect(found.first?.problem.hasPrefix(fault) == true)
        #expect(found.first?.problem.contains("short") == false)
    }

    @Test(arguments: [
        "http://127.0.0.1:1", "http://127.9.9.9", "http://localhost:1", "http://[::1]",
    ])
    func `a simulator on this machine needs no TLS`(address: String) {
        #expect(faults(good.merging(["ELEVENLABS_BASE_URL": address]) { $1 }) == [])
    }

    @Test func `a value that is wrong is not also called missing`() {
        let found = faults(
            good.merging(["TWILIO_ACCOUNT_SID": "AC1", "ELEVENLABS_AGENT_ID": "", "AGENT_ID": "/"])
            { $1 })
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.contains(" cannot be used; expected ") })
    }

    @Test func `a key needs an agent, an agent alone is only noted`() {
        #expect(
            faults(["ELEVENLABS_API_KEY": "key"]) == [
                "configuration: ELEVENLABS_AGENT_ID is missing; with ELEVENLABS_API_KEY an agent "
                    + "must be named"
            ])
        let alone = report(["AGENT_ID": "agent_test"])
        #expect(alone.configuration?.agentSource == .builtIn)
        #expect(alone.notes.first?.contains("ELEVENLABS_API_KEY is not set") == true)
    }

    @Test func `certificate and key come together and can be read`() throws {
        let files = try SettingsDirectory(["cert.pem": "x", "key.pem": "x"])
        let (certificate, key) = (files.path + "/cert.pem", files.path + "/key.pem")
        #expect(faults(["TLS_CERTIFICATE_FILE": certificate, "TLS_KEY_FILE": key]) == [])
        #expect(
            faults(["TLS_CERTIFICATE_FILE": certificate]) == [
                "configuration: TLS_KEY_FILE is missing; TLS_CERTIFICATE_FILE needs its key"
            ])
        #expect(
            faults(["TLS_KEY_FILE": key]) == [
                "configuration: TLS_CERTIFICATE_FILE is missing; TLS_KEY_FILE needs its "
                    + "certificate"
            ])
        #expect(
            faults(["ELEVENLABS_CA_FILE": files.path + "/none"]) == [
                "environment: ELEVENLABS_CA_FILE names a file that cannot be read: "
                    + "No such file or directory"
            ])
    }

    @Test func `traces need a folder`() throws {
        let files = try SettingsDirectory(["file": "x"])
        #expect(faults(["TRACE_DIRECTORY": files.path]) == [])
        #expect(
            faults(["TRACE_DIRECTORY": files.path + "/file"]) == [
                "environment: TRACE_DIRECTORY names a folder that cannot be written: "
                    + "Not a directory"
            ])
    }

    @Test func `what is allowed but odd is noted`() {
        #expect(
            report([:]).notes == [
                "The built-in agent answers",
                "Without TWILIO_AUTH_TOKEN webhooks are taken from this machine only",
            ])
        let odd = report(
            good.merging(["PRIVACY": "debug", "METRICS_LISTEN": "0.0.0.0:9300"]) { $1 })
        #expect(odd.notes.count == 3)
        #expect(odd.text.contains("\nNote: PRIVACY is debug: "))
        #expect(odd.text.hasSuffix("\nThe configuration is good.\n"))
        #expect(report(["PORT": "x"]).notes.isEmpty)
    }
}

@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
        ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.128/25", "192.0.2.128", true),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
        ("2001:db8::/32", "2001:db8:1::1", true), ("2001:db8::/32", "2001:db9::1", false),
        ("192.0.2.0/24", "::ffff:192.0.2.9", true), ("::1", "::1", true),
        ("192.0.2.0/24", "name", false), ("192.0.2.0/24", "", false),
    ])
    func `an address is in a range or not`(range: String, address: String, isIn: Bool) throws {
        let found = try #require(Configuration.AddressRange(range))
        #expect(found.contains(address) == isIn)
        #expect(Configuration.AddressRange(found.text) == found)
    }

    @Test(arguments: [
        "", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.1/24", "192.0.2/24",
        "::/129", "a/8", "192.0.2.0/24/8", "192.0.2.0/+8", " 192.0.2.1",
    ])
    func `what is no range is refused`(text: String) {
        #expect(Configuration.AddressRange(text) == nil)
    }

    @Test func `a Unix socket is trusted only by name`() {
        #expect(Configuration.TrustedProxy.unixSocket.covers(nil))
        #expect(!Configuration.TrustedProxy.unixSocket.covers("127.0.0.1"))
        let range = Configuration.AddressRange("127.0.0.0/8").map(
            Configuration.TrustedProxy.range)
        #expect(range?.covers("127.0.0.1") == true)
        #expect(range?.covers(nil) == false)
    }
}
