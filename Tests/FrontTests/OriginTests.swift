import Testing
import Wire

@testable import Front

/// Web pages, told apart by what their browser says of them.
@Suite struct OriginTests {
    private static let path = "/api/calls/CA00000000000000000000000000000001/end"
    private static let listed = "https://www.example.com"

    private static func house() throws -> FrontHouse {
        try FrontHouse(origins: [listed, "http://app.example:8080"])
    }

    @Test(arguments: [
        ("https://www.example.com", 404), ("https://callbridge.test", 404),
        ("http://app.example:8080", 404), ("http://www.example.com", 403),
        ("https://www.example.com:8443", 403), ("https://www.example.com.evil.example", 403),
        ("https://www.example.com/page", 403), ("null", 403), ("", 403),
    ])
    func `where a key is needed only listed pages may ask`(
        _ origin: String, _ status: Int
    ) async throws {
        let house = try Self.house()
        let response = await house.ask(Self.path, [:], fields: ["Origin": origin])
        #expect(response.status == status)
        let shown = response.fields["Access-Control-Allow-Origin"]
        #expect(shown == (status == 404 ? origin : nil))
        #expect(await house.ask(Self.path, [:]).status == 404)
    }

    @Test func `a browser is told what a listed page may send`() async throws {
        let house = try Self.house()
        func preflight(_ origin: String, _ path: String = Self.path) async -> HTTPResponse {
            await house.answer(
                HTTPRequest(
                    method: "OPTIONS", target: path,
                    fields: ["Origin": origin, "Access-Control-Request-Method": "POST"]))
        }
        let allowed = await preflight(Self.listed)
        #expect(allowed.status == 204)
        #expect(allowed.fields["Access-Control-Allow-Origin"] == Self.listed)
        #expect(allowed.fields["Access-Control-Allow-Methods"] == "POST")
        #expect(allowed.fields["Access-Control-Allow-Headers"]?.contains("X-API-Key") == true)
        #expect(allowed.fields["Vary"] == "Origin")
        let strange = await preflight("https://evil.example")
        #expect(strange.status == 405)
        #expect(strange.fields["Access-Control-Allow-Origin"] == nil)
        #expect(await preflight(Self.listed, "/nowhere").status == 404)
    }

    @Test func `a page reads what it may, errors and waits too`() async throws {
        let house = try Self.house()
        let health = await house.get("/health", fields: ["Origin": Self.listed])
        #expect(health.fields["Access-Control-Allow-Origin"] == Self.listed)
        #expect(await house.get("/health").fields["Access-Control-Allow-Origin"] == nil)
        let other = await house.get("/health", fields: ["Origin": "https://evil.example"])
        #expect(other.status == 200)
        #expect(other.fields["Access-Control-Allow-Origin"] == nil)
        let missing = await house.ask(
            Self.path, [:], key: nil, fields: ["Origin": Self.listed])
        #expect(missing.status == 401)
        #expect(missing.fields["Access-Control-Allow-Origin"] == Self.listed)
    }

    @Test func `a public address with a path keeps it in what Twilio is given`() async throws {
        let house = try FrontHouse(publicURL: "https://callbridge.test/phone/")
        #expect(house.desk.address("/api/x?a=1") == "https://callbridge.test/phone/api/x?a=1")
        #expect(house.desk.address("/s", scheme: "wss") == "wss://callbridge.test/phone/s")
    }
}
