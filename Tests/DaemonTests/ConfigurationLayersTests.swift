import Glibc
import Instruments
import Net
import Testing
import Wire

@testable import Daemon

@Suite struct ConfigurationLayersTests {
    @Test func `file, environment and credentials overrule each other in this order`() throws {
        let files = try SettingsDirectory([
            "c.conf": "PORT=1\nCALLS_MAX=1\nTWILIO_AUTH_TOKEN=1\nLOOPS=1\n"
        ])
        let credentials = try SettingsDirectory([
            "twilio-auth-token": "3\n", "calls_max": "3", "tls.key": "-----BEGIN-----\nx\n",
        ])
        let report = ConfigurationReader(
            environment: [
                "CREDENTIALS_DIRECTORY": credentials.path, "TWILIO_AUTH_TOKEN": "2",
                "CALLS_MAX": "2", "LOOPS": "2",
            ], file: files.path + "/c.conf"
        ).read()
        #expect(report.faults == [])
        let it = try #require(report.configuration)
        #expect(it.listening.port == 1 && it.loops == 2 && it.guards.callsMax == 3)
        #expect(it.telephone.authTokens.map(\.revealed) == ["3"])
        #expect(report.text.contains("\(files.path)/c.conf:1\n"))
        #expect(report.text.contains("credential calls_max\n"))
        withExtendedLifetime((files, credentials)) {}
    }

    @Test func `an empty value is the default again`() throws {
        let files = try SettingsDirectory(["c.conf": "PORT=1\nAGENT_ID=agent_test\n"])
        let it = ConfigurationReader(
            environment: ["PORT": "", "ELEVENLABS_AGENT_ID": ""], file: files.path + "/c.conf"
        ).read().configuration
        #expect(it?.listening.port == 3_000 && it?.agents.agentID == nil)
        withExtendedLifetime(files) {}
    }

    @Test func `a higher place wins over the other name in a lower one`() throws {
        let files = try SettingsDirectory(["c.conf": "ELEVENLABS_AGENT_ID=agent_test1\n"])
        let report = ConfigurationReader(
            environment: ["AGENT_ID": "agent_test2"], file: files.path + "/c.conf"
        ).read()
        #expect(report.faults == [])
        #expect(report.configuration?.agents.agentID == "agent_test2")
        withExtendedLifetime(files) {}
    }

    @Test func `in a file every unknown name is told with its line`() throws {
        let files = try SettingsDirectory(["c.conf": "PROT=1\n\nHSOT=x\nXYZZY=1\nPORT=z\nPORT=1"])
        let path = files.path + "/c.conf"
        let report = ConfigurationReader(environment: [:], file: path).read()
        #expect(
            report.faults.map(\.description) == [
                "\(path):1: PROT is no setting; did you mean PORT?",
                "\(path):3: HSOT is no setting; did you mean HOST?",
                "\(path):4: XYZZY is no setting",
                "\(path):5: PORT is 'z'; expected a port from 0 to 65535, 0 for any free one",
                "\(path):6: PORT is already set in line 5",
            ])
        #expect(report.text.hasSuffix("5 faults; the daemon would not start.\n"))
        withExtendedLifetime(files) {}
    }

    @Test func `development reads .env, production and a named file do not`() throws {
        let files = try SettingsDirectory([".env": "PORT=1\n", "c.conf": "CALLS_MAX=2\n"])
        func port(_ environment: [String: String], file: String? = nil) -> UInt16? {
            ConfigurationReader(environment: environment, file: file, directory: files.path)
                .read().configuration?.listening.port
        }
        #expect(port([:]) == 1)
        #expect(port(["ENVIRONMENT": "development"]) == 1)
        #expect(port(["PORT": "2"]) == 2)
        #expect(port(productionSettings) == 3_000)
        #expect(port([:], file: files.path + "/c.conf") == 3_000)
    }

    @Test func `a file for development cannot ask for production`() throws {
        let files = try SettingsDirectory([".env": "ENVIRONMENT=production\n"])
        let report = ConfigurationReader(environment: [:], directory: files.path).read()
        #expect(
            report.faults.first?.description.hasPrefix(
                "\(files.path)/.env:1: ENVIRONMENT is production, but") == true)
        let overruled = ConfigurationReader(
            environment: ["ENVIRONMENT": "development"], directory: files.path
        ).read()
        #expect(overruled.configuration?.environment == .development)
    }

    @Test func `a named file that is not there is a fault`() {
        let report = ConfigurationReader(environment: [:], file: "/tmp/callbridge-none.conf").read()
        #expect(
            report.faults.map(\.description) == [
                "/tmp/callbridge-none.conf: cannot be read: No such file or directory"
            ])
    }

    @Test func `credentials that cannot be used are told by name, not by content`() throws {
        let credentials = try SettingsDirectory([
            "ELEVENLABS_API_KEY": "two\nlines", "twilio-authtoken": "x",
            "api-keys": "a", "API_KEYS": "b",
        ])
        let report = ConfigurationReader(
            environment: ["CREDENTIALS_DIRECTORY": credentials.path], directory: "/nowhere"
        ).read()
        #expect(
            Set(report.faults.map(\.description)) == [
                "credential ELEVENLABS_API_KEY: ELEVENLABS_API_KEY cannot be read: not one line "
                    + "of UTF-8 text",
                "credential twilio-authtoken: TWILIO_AUTHTOKEN is no setting; did you mean "
                    + "TWILIO_AUTH_TOKEN?",
                "credential api-keys: API_KEYS is already set by credential API_KEYS",
            ])
        let gone = ConfigurationReader(
            environment: ["CREDENTIALS_DIRECTORY": "/tmp/callbridge-none"], directory: "/nowhere"
        ).read()
        #expect(
            gone.faults.map(\.problem) == [
                "CREDENTIALS_DIRECTORY cannot be read: No such file or directory"
            ])
        withExtendedLifetime(credentials) {}
    }
}
