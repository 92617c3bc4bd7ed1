import Glibc
import Instruments
import Net
import Testing
import Wire

@testable import Daemon

/// Answers as a daemon does, or as something else.
private struct Answers: HTTPHandler {
    let body: String

    func bodyLimit(_ request: HTTPRequest) -> Int { 0 }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        .respond(HTTPResponse(status: 200, type: "application/json", text: body))
    }
}

/// Folders of two instances, in which somebody may listen.
private final class Instances: Sendable {
    let folder: String
    let paths: ControlPaths
    let finder: ControlFinder
    private let loops = LoopPool(count: 1)

    init(environment: [String: String] = [:]) throws {
        var template = Array("/tmp/callbridge-run-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = template.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
        for name in ["blue", "green"] { mkdir("\(folder)/\(name)", 0o700) }
        // Nobody's laptop: that user has no daemon.
        paths = ControlPaths(environment: environment, user: 4_000_000_000, services: folder)
        finder = ControlFinder(
            paths: paths, environment: environment,
            client: HTTPClient(
                loop: loops.loops[0], extraCAFile: nil, log: Log(to: SilentSink())))
    }

    func listen(_ name: String, saying body: String) async throws -> HTTPServer {
        let server = HTTPServer(
            loops: loops, log: Log(to: SilentSink()), handler: Answers(body: body))
        try await server.listen(.unix(path: paths.ofInstance(name)), isPrivate: true)
        return server
    }

    deinit {
        loops.stop()
        for name in ["blue", "green"] {
            unlink(paths.ofInstance(name))
            rmdir("\(folder)/\(name)")
        }
        rmdir(folder)
    }
}

@Suite struct ControlFinderTests {
    private static let well = #"{"status":"serving 2 calls"}"#

    private func fault(_ finder: ControlFinder, _ target: ControlTarget) async -> ControlFault? {
        do throws(ControlFault) {
            _ = try await finder.find(target)
            return nil
        } catch {
            return error
        }
    }

    @Test func `the only daemon there is needs no name`() async throws {
        let instances = try Instances()
        let green = try await instances.listen("green", saying: Self.well)
        #expect(
            try await instances.finder.find(ControlTarget())
                == instances.paths.ofInstance("green"))
        await green.close()
    }

    @Test func `of several each is named with what it says of itself`() async throws {
        let instances = try Instances()
        let green = try await instances.listen("green", saying: Self.well)
        let blue = try await instances.listen("blue", saying: #"{"status":"draining: 1 call"}"#)
        let fault = await fault(instances.finder, ControlTarget())
        #expect(fault?.code == .usage)
        #expect(fault?.text.contains("blue/control.sock: draining: 1 call\n") == true)
        #expect(fault?.text.contains("green/control.sock: serving 2 calls\n") == true)
        #expect(
            try await instances.finder.find(ControlTarget(instance: "blue"))
                == instances.paths.ofInstance("blue"))
        await green.close()
        await blue.close()
    }

    @Test func `where nobody answers, every place is named`() async throws {
        let instances = try Instances()
        let other = try await instances.listen("blue", saying: "hello")
        let fault = await fault(instances.finder, ControlTarget())
        #expect(fault?.code == .unavailable)
        #expect(fault?.text.contains("blue/control.sock: it is no callbridge\n") == true)
        #expect(fault?.text.contains("green/control.sock: nobody\n") == true)
        #expect(fault?.text.contains("/tmp/callbridge-4000000000/control.sock: nobody") == true)
        await other.close()
    }

    @Test func `a socket that is somebody else's says so`() {
        let fault = ControlFinder.none([("/run/x/control.sock", .forbidden)])
        #expect(fault.text.contains("/run/x/control.sock: only its owner and root may ask there"))
    }

    @Test func `a name given is obeyed, else the variables of a service`() throws {
        let service = try Instances(environment: ["RUNTIME_DIRECTORY": "/run/callbridge/blue"])
        let finder = service.finder
        #expect(
            finder.candidates(ControlTarget(socket: "/a", instance: "green")) == ["/a"])
        #expect(
            finder.candidates(ControlTarget(instance: "green"))
                == [service.paths.ofInstance("green")])
        #expect(finder.candidates(ControlTarget()) == ["/run/callbridge/blue/control.sock"])
        let set = try Instances(environment: ["CONTROL_SOCKET": "/b"])
        #expect(set.finder.candidates(ControlTarget()) == ["/b"])
        let off = try Instances(environment: ["CONTROL_SOCKET": "off"])
        #expect(off.finder.candidates(ControlTarget()).count == 4)
    }
}
