import Glibc
import Systemd
import Testing

@Suite struct SocketFolderTests {
    @Test func `sockets lie beside each other, and other things do not count`() throws {
        let folder = try #require(TestDirectory())
        for name in ["http.sock", "blue.sock", "green.sock", "deploy.lock"] {
            folder.put(name, [])
        }
        let found = SocketFolder(of: folder.path + "/blue.sock").sockets
        #expect(found == ["blue", "green", "http"].map { "\(folder.path)/\($0).sock" })
    }

    @Test func `a folder that is not there has none`() {
        #expect(SocketFolder(of: "/nowhere/at/all/blue.sock").sockets == [])
    }
}
