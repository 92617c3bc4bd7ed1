import Glibc
import Instruments
import Testing

@testable import Systemd

@Suite struct CredentialsTests {
    private func credentials(_ files: [String: [UInt8]]) throws -> (Credentials, TestDirectory) {
        let directory = try #require(TestDirectory())
        for (name, bytes) in files { directory.put(name, bytes) }
        let environment = ["CREDENTIALS_DIRECTORY": directory.path]
        return (try #require(Credentials(environment: environment)), directory)
    }

    @Test(arguments: ["key", "key\n", "key\r\n"])
    func `one line end at the end is not part of the secret`(content: String) throws {
        let (credentials, directory) = try credentials(["api": Array(content.utf8)])
        #expect(try credentials.read("api") == "key")
        withExtendedLifetime(directory) {}
    }

    @Test func `names are listed in order, hidden files are not`() throws {
        let (credentials, directory) = try credentials(["b": [], "a": [], ".hidden": []])
        #expect(try credentials.names() == ["a", "b"])
        withExtendedLifetime(directory) {}
    }

    @Test(arguments: [
        Array("two\nlines".utf8), Array("key\n\n".utf8), [0x61, 0], [0xFF, 0xFE],
        [0x61, 0x7F], Array("tab\there".utf8),
    ])
    func `what is not one line of text is refused`(content: [UInt8]) throws {
        let (credentials, directory) = try credentials(["api": content])
        #expect(throws: CredentialFault.notText) { try credentials.read("api") }
        withExtendedLifetime(directory) {}
    }

    @Test func `a credential too large is refused`() throws {
        let limit = Credentials.bytesMax
        let (credentials, directory) = try credentials([
            "fits": Array(repeating: 0x61, count: limit),
            "large": Array(repeating: 0x61, count: limit + 1),
        ])
        #expect(try credentials.read("fits").utf8.count == limit)
        #expect(throws: CredentialFault.file(.overLimit(limit))) { try credentials.read("large") }
        withExtendedLifetime(directory) {}
    }

    @Test(arguments: ["missing", "", "../api", ".api", "a/b"])
    func `a name outside the directory is not there`(name: String) throws {
        let (credentials, directory) = try credentials(["api": [0x61]])
        #expect(throws: CredentialFault.file(.unreadable(ENOENT))) { try credentials.read(name) }
        withExtendedLifetime(directory) {}
    }

    @Test func `without a directory there are no credentials`() {
        #expect(Credentials(environment: [:]) == nil)
        #expect(Credentials(environment: ["CREDENTIALS_DIRECTORY": "relative"]) == nil)
    }

    @Test func `a directory that cannot be read is a fault`() throws {
        let gone = try #require(
            Credentials(environment: ["CREDENTIALS_DIRECTORY": "/tmp/callbridge-no-such-dir"]))
        #expect(throws: CredentialFault.file(.unreadable(ENOENT))) { try gone.names() }
    }
}
