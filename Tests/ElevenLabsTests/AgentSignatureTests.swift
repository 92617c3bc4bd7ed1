import FoundationEssentials
import Testing
import Wire

@testable import ElevenLabs

struct AgentSignatureTests {
    private static let bodyA = Array(
        """
        {"type":"post_call_transcription","event_timestamp":1760000000,"data":{"agent_id":\
        "agent_test1","conversation_id":"conv_test1","status":"done","transcript":[]}}
        """.utf8)
    private static let bodyB = Array(
        """
        {"type": "call_initiation_failure", "event_timestamp": 1760003599, "data": {"agent_id": \
        "agent_test1", "conversation_id": "conv_test2", "failure_reason": "no-answer", "note": \
        "Zażółć gęślą jaźń ✓"}}
        """.utf8)
    private static let secret = SecretText("wsec_test_0001")
    private static let stamp = Duration.seconds(1_760_000_000)
    private static let good = "9603fc3be1a26430fb244658bf2e89c2a0afa5b2807864cdc256ef62e253d2bf"

    private struct Vector {
        var secret: SecretText
        var seconds: Int64
        var body: [UInt8]
        var hex: String
    }

    private static let vectors = [
        Vector(secret: secret, seconds: 1_760_000_000, body: bodyA, hex: good),
        Vector(
            secret: SecretText("wsec_bridge_secret_2"), seconds: 1_760_003_600, body: bodyB,
            hex: "08073970de3d75254468cb93298a5ad7a70c7e110c30f09a18ec8bf5ea4fc910"),
        Vector(
            secret: secret, seconds: 1_760_000_000, body: [],
            hex: "89140cc3b1476ce411cdb47eb768ae8f6bfd6f434ed4f7faf4833a4aa17ceeb5"),
        Vector(
            secret: SecretText("k"), seconds: 1, body: Array("{}\n".utf8),
            hex: "59dfaab454d77a8992202090c203ec84b197d8b76074b937a2cc5637dc3f85a6"),
    ]

    private static func check(
        _ header: String?, body: [UInt8] = bodyA, secrets: [SecretText] = [secret],
        after age: Duration = .seconds(5)
    ) throws(AgentSignatureFault) {
        try AgentSignature.check(header, body: body, secrets: secrets, now: stamp + age)
    }

    @Test func `what the vendor's SDK signs is what we sign, and is believed`() throws {
        for vector in Self.vectors {
            let time = Duration.seconds(vector.seconds)
            let header = AgentSignature.header(body: vector.body, secret: vector.secret, at: time)
            #expect(header == "t=\(vector.seconds),v0=\(vector.hex)")
            try AgentSignature.check(
                header, body: vector.body, secrets: [vector.secret], now: time)
        }
    }

    @Test func `what the vendor's SDK took is what we make and take`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Vendors/signatures.json")
        let cases = try JSON(parsing: Array(Data(contentsOf: file)))["elevenlabs"]?.elements ?? []
        #expect(cases.count == 30)
        for json in cases {
            let body = Array(try #require(json["body"]?.text).utf8)
            let secret = SecretText(try #require(json["secret"]?.text))
            let header = try #require(json["header"]?.text)
            let stamp = Duration.seconds(try #require(json["stamp"]?.whole))
            let now = Duration.seconds(try #require(json["now"]?.whole))
            #expect(AgentSignature.header(body: body, secret: secret, at: stamp) == header)
            try AgentSignature.check(header, body: body, secrets: [secret], now: now)
        }
    }

    @Test(arguments: [
        "t=1760000000,v0=\(good)", "v0=\(good),t=1760000000", "t=1760000000, v0=\(good)",
        " t=1760000000\t, v0=\(good) ", "t=1760000000,v0=\(good.uppercased())",
        "t=1760000000,v0=deadbeef,v0=\(good)", "t=1760000000,v0=\(good),v0=deadbeef",
        "t=1760000000,v1=other,v0=\(good)",
    ])
    func `order, blanks, case and further signatures do not matter`(_ header: String) throws {
        try Self.check(header)
    }

    @Test(arguments: [
        ("", AgentSignatureFault.missing), ("t=1760000000,v1=\(good)", .malformed),
        ("v0=\(good)", .malformed), ("t=abc,v0=\(good)", .malformed), ("t=,v0=\(good)", .malformed),
        ("t=-1760000000,v0=\(good)", .malformed), ("t=+1760000000,v0=\(good)", .malformed),
        ("t=99999999999999999999,v0=\(good)", .malformed),
        ("t=1760000000,t=1760000000,v0=\(good)", .malformed), ("nonsense", .malformed),
        (",,,", .malformed), ("t=1760000000,v0=", .mismatch), ("t=1760000000,v0=xyz", .mismatch),
        ("t=1760000001,v0=\(good)", .mismatch), ("t=01760000000,v0=\(good)", .mismatch),
        ("t=1760000000,v0=\(good)0", .mismatch), ("t=1,v0=\(good)", .tooOld),
    ])
    func `a header that proves nothing says why`(_ header: String, _ fault: AgentSignatureFault) {
        #expect(throws: fault) { try Self.check(header) }
    }

    @Test func `one blank more in the body is another body`() {
        #expect(throws: AgentSignatureFault.mismatch) {
            try Self.check("t=1760000000,v0=\(Self.good)", body: Self.bodyA + [0x20])
        }
    }

    @Test func `half an hour is fresh and no more, five minutes ahead and no more`() throws {
        let header = "t=1760000000,v0=\(Self.good)"
        try Self.check(header, after: .seconds(1800))
        #expect(throws: AgentSignatureFault.tooOld) {
            try Self.check(header, after: .milliseconds(1_800_001))
        }
        try Self.check(header, after: .seconds(-300))
        #expect(throws: AgentSignatureFault.fromFuture) {
            try Self.check(header, after: .milliseconds(-300_001))
        }
    }

    @Test func `any secret of a rotation will do, an empty one never`() throws {
        let header = "t=1760000000,v0=\(Self.good)"
        try Self.check(header, secrets: [SecretText("wsec_old"), Self.secret])
        #expect(throws: AgentSignatureFault.mismatch) {
            try Self.check(header, secrets: [SecretText("wsec_old")])
        }
        #expect(throws: AgentSignatureFault.noSecret) { try Self.check(header, secrets: []) }
        let unkeyed = AgentSignature.header(
            body: Self.bodyA, secret: SecretText(""), at: Self.stamp)
        #expect(throws: AgentSignatureFault.noSecret) {
            try Self.check(unkeyed, secrets: [SecretText("")])
        }
        #expect(throws: AgentSignatureFault.missing) { try Self.check(nil) }
    }

    @Test func `the legacy header signs the body alone`() throws {
        let hex = AgentSignature.legacyHeader(body: Self.bodyA, secret: Self.secret)
        for header in [hex, "xi-signature-256=\(hex)", "sha256=\(hex.uppercased())"] {
            try AgentSignature.checkLegacy(header, body: Self.bodyA, secrets: [Self.secret])
        }
        for header in ["", "xi-signature-256=", String(hex.dropLast()), Self.good] {
            #expect(throws: AgentSignatureFault.self) {
                try AgentSignature.checkLegacy(header, body: Self.bodyA, secrets: [Self.secret])
            }
        }
    }
}
