import Testing

@testable import Daemon

/// The routing file as a setting: read, and checked, with everything else.
@Suite struct RoutingSettingTests {
    private func report(
        _ routing: String, _ more: [String: String] = [:]
    ) throws -> (report: ConfigurationReport, path: String) {
        let directory = try SettingsDirectory(["routing.json": routing])
        let path = directory.path + "/routing.json"
        let settings = more.merging(["ROUTING_FILE": path]) { $1 }
        let report = ConfigurationReader(environment: settings, directory: "/nowhere").read()
        return (report, path)
    }

    @Test func `a good one is no fault`() throws {
        let (report, path) = try report(#"{"default": {"queue": true}}"#)
        #expect(report.faults == [])
        #expect(report.configuration?.telephone.routingFile == path)
    }

    @Test func `its faults are told with file, line and column`() throws {
        let (report, path) = try report("{\n  \"defualt\": {},\n  \"numbers\": []\n}")
        #expect(
            report.faults.map(\.description) == [
                "\(path):2:3: \"defualt\" is not known here; did you mean \"default\"?",
                "\(path):3:14: is a list; expected an object, {…}",
            ])
        #expect(report.configuration == nil)
    }

    @Test func `one that is not there is a fault`() throws {
        let report = ConfigurationReader(
            environment: ["ROUTING_FILE": "/nowhere/routing.json"], directory: "/nowhere"
        ).read()
        #expect(
            report.faults.map(\.description) == [
                "environment: ROUTING_FILE names /nowhere/routing.json, which cannot be read: "
                    + "No such file or directory"
            ])
    }

    @Test func `agents of the settings may be named in it`() throws {
        let routing = #"{"numbers": {"+15550100": {"agent": "support"}}}"#
        #expect(try report(routing).report.faults.count == 1)
        let settings = [
            "ELEVENLABS_API_KEY": "key_test", "ELEVENLABS_AGENT_ID": "agent_test01",
            "ELEVENLABS_SUPPORT_AGENT_ID": "agent_test02",
        ]
        #expect(try report(routing, settings).report.faults == [])
    }
}
