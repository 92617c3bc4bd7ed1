import Glibc
import Testing

@testable import Daemon
@testable import Net

@Suite struct ControlPathsTests {
    private func chosen(
        _ environment: [String: String], _ setting: ControlPlace = .automatic,
        production: Bool = false
    ) -> String? {
        var configuration = Configuration()
        configuration.environment = production ? .production : .development
        configuration.listening.control = setting
        return ControlPaths(environment: environment, user: 1_000).chosen(configuration)
    }

    @Test func `a service has it in its own folder, the first of several`() {
        let service = ["RUNTIME_DIRECTORY": "/run/callbridge/blue:/run/other"]
        #expect(chosen(service) == "/run/callbridge/blue/control.sock")
        #expect(chosen(service, production: true) == "/run/callbridge/blue/control.sock")
    }

    @Test func `a laptop has one for its person, production without a folder none`() {
        #expect(chosen([:]) == "/tmp/callbridge-1000/control.sock")
        #expect(
            chosen(["XDG_RUNTIME_DIR": "/run/user/1000"])
                == "/run/user/1000/callbridge/control.sock")
        #expect(chosen([:], production: true) == nil)
    }

    @Test func `a setting is obeyed`() {
        let service = ["RUNTIME_DIRECTORY": "/run/callbridge/blue"]
        #expect(chosen(service, .off) == nil)
        #expect(chosen(service, .path("/srv/c.sock")) == "/srv/c.sock")
    }

    @Test func `a folder that others may enter, or that is a link, is not used`() throws {
        let folder = try SettingsDirectory()
        let paths = ControlPaths(environment: ["XDG_RUNTIME_DIR": folder.path])
        let own = folder.path + "/callbridge"
        #expect(paths.prepare(paths.ofPerson))
        #expect(paths.prepare(paths.ofPerson))
        chmod(own, 0o755)
        #expect(!paths.prepare(paths.ofPerson))
        rmdir(own)
        symlink("/tmp", own)
        #expect(!paths.prepare(paths.ofPerson))
        unlink(own)
        #expect(paths.prepare("/srv/anywhere.sock"))
    }

    @Test func `every instance's folder is looked into`() throws {
        let folder = try SettingsDirectory()
        for name in ["green", "blue"] { mkdir("\(folder.path)/\(name)", 0o700) }
        let paths = ControlPaths(environment: [:], user: 7, services: folder.path)
        #expect(
            paths.everywhere == [
                "\(folder.path)/control.sock", "\(folder.path)/blue/control.sock",
                "\(folder.path)/green/control.sock", "/tmp/callbridge-7/control.sock",
            ])
        for name in ["green", "blue"] { rmdir("\(folder.path)/\(name)") }
    }

    @Test func `a person's further daemons are looked for beside the first`() throws {
        let folder = try SettingsDirectory()
        let paths = ControlPaths(
            environment: ["XDG_RUNTIME_DIR": folder.path], services: "\(folder.path)/none")
        #expect(paths.prepare(paths.ofPerson(port: 3_001)))
        let own = folder.path + "/callbridge"
        #expect(paths.ofPerson(port: 3_001) == own + "/control-3001.sock")
        for name in ["control-3002.sock", "control-3001.sock", "other.sock"] {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            _ = SocketAddress(path: "\(own)/\(name)")?.withPointer { bind(descriptor, $0, $1) }
        }
        #expect(
            paths.everywhere.suffix(3) == [
                own + "/control.sock", own + "/control-3001.sock", own + "/control-3002.sock",
            ])
        for name in ["control-3002.sock", "control-3001.sock", "other.sock"] {
            unlink("\(own)/\(name)")
        }
        rmdir(own)
    }
}
