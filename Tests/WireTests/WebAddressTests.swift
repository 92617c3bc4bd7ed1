import Testing

@testable import Wire

struct WebAddressTests {
    @Test(arguments: [
        ("http://bridge.test", "http", "bridge.test", 80, "/", "http://bridge.test/"),
        ("HTTPS://Bridge.Test/", "https", "bridge.test", 443, "/", "https://bridge.test/"),
        ("ws://h:8080/a?b=%20c", "ws", "h", 8080, "/a?b=%20c", "ws://h:8080/a?b=%20c"),
        ("wss://h:443?x=1", "wss", "h", 443, "/?x=1", "wss://h/?x=1"),
        ("https://h:80/", "https", "h", 80, "/", "https://h:80/"),
        ("http://192.0.2.7:1/", "http", "192.0.2.7", 1, "/", "http://192.0.2.7:1/"),
        ("http://[2001:DB8::1]/", "http", "2001:db8::1", 80, "/", "http://[2001:db8::1]/"),
        ("ws://[::1]:65535/x", "ws", "::1", 65535, "/x", "ws://[::1]:65535/x"),
        (
            "http://a_b.c-d.test//x/../y;z", "http", "a_b.c-d.test", 80, "//x/../y;z",
            "http://a_b.c-d.test//x/../y;z"
        ),
        ("http://h/a@b:c", "http", "h", 80, "/a@b:c", "http://h/a@b:c"),
    ])
    func `an address has its parts`(
        given: String, scheme: String, host: String, port: Int, target: String, text: String
    ) throws {
        let address = try WebAddress(given)
        #expect(address.scheme == scheme)
        #expect(address.host == host)
        #expect(Int(address.port) == port)
        #expect(address.target == target)
        #expect(address.text == text)
        #expect(try WebAddress(text) == address)
    }

    @Test(
        arguments: [
            ("", .scheme), ("h", .scheme), ("//h/", .scheme), ("http:/h", .scheme),
            ("ftp://h/", .scheme),
            (" http://h", .scheme), ("http//h://", .scheme),
            ("http://u@h/", .userInfo), ("http://u:p@h/", .userInfo), ("http://@h/", .userInfo),
            ("http://", .host), ("http:///x", .host), ("http://:80/", .host),
            ("http://h%41/", .host),
            ("http://a..b/", .host), ("http://.a/", .host), ("http://a./", .host),
            ("http://a b/", .host),
            ("http://ä/", .host), ("http://[::1/", .host), ("http://[]/", .host),
            ("http://::1/", .host),
            ("http://[::1%25lo]/", .host), ("http://[::1]x/", .host),
            ("http://[192.0.2.1]/", .host), ("http://[::1\0]/", .host),
            ("http://192.0.2/", .host), ("http://192.0.2.256/", .host), ("http://1/", .host),
            ("http://h\\@x/", .userInfo), ("http://h\\x/", .host), ("http://h\r\n/", .host),
            ("http://h:/", .port), ("http://h:0/", .port), ("http://h:65536/", .port),
            ("http://h:8a/", .port), ("http://h:-1/", .port), ("http://h:+1/", .port),
            ("http://h/a b", .target), ("http://h/ä", .target), ("http://h/%", .target),
            ("http://h/%4", .target), ("http://h/%4g", .target), ("http://h/\"", .target),
            ("http://h/\r\nX: y", .target), ("http://h/a\0", .target), ("http://h/\\x", .target),
            ("http://h/#a", .fragment), ("http://h#a", .fragment), ("http://h/?a#", .fragment),
        ] as [(String, WebAddressError)])
    func `what is no address of ours is refused with its reason`(
        text: String, error: WebAddressError
    ) {
        #expect(throws: error) { try WebAddress(text) }
    }

    @Test func `a name may be as long as DNS allows`() throws {
        let label = String(repeating: "a", count: 63)
        let name = [label, label, label, String(repeating: "a", count: 61)].joined(separator: ".")
        #expect(try WebAddress("http://\(name)/").host.utf8.count == 253)
        #expect(throws: WebAddressError.host) { try WebAddress("http://\(name)a/") }
        #expect(throws: WebAddressError.host) { try WebAddress("http://\(label)a.test/") }
    }

    @Test func `scheme and target are exchanged`() throws {
        let address = try WebAddress("https://h/x")
        #expect(address.with(scheme: "wss").text == "wss://h/x")
        #expect(address.with(scheme: "ws").text == "ws://h/x")
        #expect(try WebAddress("https://h:8443/").with(scheme: "wss").text == "wss://h:8443/")
        #expect(address.with(target: "/y?z").text == "https://h/y?z")
        #expect(address.with(target: "").text == "https://h/")
        #expect(address.with(target: "?z").text == "https://h/?z")
    }

    @Test(arguments: [("http", false), ("ws", false), ("https", true), ("wss", true)])
    func `security follows the scheme`(scheme: String, isSecure: Bool) throws {
        #expect(try WebAddress("\(scheme)://h").isSecure == isSecure)
    }
}
