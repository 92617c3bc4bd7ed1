import Instruments
import Testing

@testable import Daemon

/// config/callbridge.conf is the reference; here it is held against the code.
@Suite struct ConfigurationReferenceTests {
    /// One `#NAME=default` of the file, and whether a comment stands above its group.
    private struct Entry: Equatable {
        var name: String
        var standard: String
        var isExplained: Bool
    }

    private func text() throws -> String {
        let parts = #filePath.split(separator: "/").dropLast(3)
        let path = "/" + parts.joined(separator: "/") + "/config/callbridge.conf"
        return String(decoding: try SmallFile.read(path, bytesMax: 100_000), as: UTF8.self)
    }

    private func entries(of text: String) -> [Entry] {
        var isExplained = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
            guard line.hasPrefix("#") else {
                isExplained = false
                return nil
            }
            let parts = line.dropFirst().split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let isSetting = parts.count == 2 && line.dropFirst().first != " "
            guard isSetting else {
                isExplained = line.hasPrefix("# ") && !line.hasPrefix("# --")
                return nil
            }
            return Entry(
                name: String(parts[0]), standard: String(parts[1]), isExplained: isExplained)
        }
    }

    @Test func `every name is there with its default, in order and explained`() throws {
        let wanted = ConfigurationSetting.all.flatMap { setting in
            setting.names.map { name in
                Entry(
                    name: name, standard: name == setting.name ? setting.standard : "",
                    isExplained: true)
            }
        }
        #expect(try entries(of: text()) == wanted)
    }

    @Test func `as shipped it sets nothing`() throws {
        let file = ConfigurationFile(Array(try text().utf8), path: "callbridge.conf")
        #expect(file.faults == [])
        #expect(file.assignments == [])
    }

    @Test func `with every default written out it is the default configuration`() throws {
        let lines = try entries(of: text()).map { "\($0.name)=\($0.standard)\n" }
        let directory = try SettingsDirectory(["all.conf": lines.joined()])
        let report = ConfigurationReader(environment: [:], file: directory.path + "/all.conf")
            .read()
        #expect(report.faults == [])
        #expect(report.configuration == Configuration())
    }

    @Test func `names are names and none is used twice`() {
        let names = ConfigurationSetting.all.flatMap(\.names)
        #expect(Set(names).count == names.count)
        for name in names {
            let file = ConfigurationFile(Array("\(name)=1".utf8), path: "t")
            #expect(file.assignments.map(\.name) == [name])
        }
    }

    @Test func `every default is read back as itself`() throws {
        for setting in ConfigurationSetting.all where !setting.standard.isEmpty {
            var configuration = Configuration()
            try setting.apply(setting.standard, &configuration)
            #expect(configuration == Configuration(), "\(setting.name)")
        }
    }
}
