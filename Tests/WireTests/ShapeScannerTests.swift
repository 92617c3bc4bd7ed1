import TestDice
import Testing

@testable import Wire

/// What a leg wants of a message, found by the scanner or by the full reader.
struct Wanted: Equatable {
    var event: String?
    var sequence: Int64?
    var track: String?
    var payload: String?
    var id: Int64?
    var stream: String?

    /// nil when the shape is not known.
    init?(scanning bytes: UnsafeRawBufferPointer) {
        var scanner = ShapeScanner(bytes)
        var event: ShapeText?
        var track: ShapeText?
        var payload: ShapeText?
        var stream: ShapeText?
        var id: ShapeText?
        var hasMedia = false
        scanner.enter()
        while let name = scanner.next() {
            if name == "event" {
                scanner.text(into: &event)
            } else if name == "streamSid" {
                scanner.text(into: &stream)
            } else if name == "media" {
                scanner.enter(once: &hasMedia)
                while let name = scanner.next() {
                    if name == "payload" {
                        scanner.text(into: &payload)
                    } else if name == "track" {
                        scanner.text(into: &track)
                    } else if name == "event_id" {
                        scanner.integer(into: &id)
                    } else {
                        scanner.skip()
                    }
                }
            } else {
                scanner.skip()
            }
        }
        guard scanner.isWhole else { return nil }
        self.event = event?.string
        self.track = track?.string
        self.payload = payload?.string
        self.stream = stream?.string
        self.id = id?.integer
    }

    init(_ json: JSON) {
        event = json["event"]?.text
        stream = json["streamSid"]?.text
        let media = json["media"]
        track = media?["track"]?.text
        payload = media?["payload"]?.text
        if case .integer(let value)? = media?["event_id"] { id = value }
    }
}

func skipsWhole(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
        var scanner = ShapeScanner(bytes)
        scanner.skip()
        return scanner.isWhole
    }
}

struct ShapeScannerTests {
    static let samples = [
        """
        {"event":"media","sequenceNumber":"4","media":{"track":"inbound","chunk":"3",\
        "timestamp":"60","payload":"/38Af7+/v38="},"streamSid":"MZ0000000000000000000000000000000a"}
        """,
        """
        { "streamSid" : "MZ1",
          "media" : { "payload":"AAAA" , "event_id" : 12, "x":[1,-2.5,"a\\n\\u00e9"] },
          "event":"media", "y":{"z":[{},[],{"a":null,"b":true,"c":false}]} }
        """,
        "{\"event\":\"mark\",\"streamSid\":\"MZ1\",\"mark\":{\"name\":\"r3:14 é\"}}",
        "{\"media\":{\"event_id\":0,\"event_idx\":0},\"n\":[0.25,10,[[[\"deep\"]]]]}",
        "{}", "{\"event\":\"\"}",
    ]

    @Test func `a media message gives its parts whatever their order`() throws {
        let found = Array(Self.samples[0].utf8).withUnsafeBytes { Wanted(scanning: $0) }
        let wanted = try #require(found)
        #expect(wanted.event == "media")
        #expect(wanted.track == "inbound")
        #expect(wanted.payload == "/38Af7+/v38=")
        #expect(wanted.stream == "MZ0000000000000000000000000000000a")
        let other = Array(Self.samples[1].utf8).withUnsafeBytes { Wanted(scanning: $0) }
        #expect(other?.payload == "AAAA")
        #expect(other?.id == 12)
    }

    @Test func `every sample is whole and means what the full reader says`() throws {
        for text in Self.samples {
            let found = Array(text.utf8).withUnsafeBytes { Wanted(scanning: $0) }
            #expect(found == Wanted(try JSON(parsing: text)), "\(text)")
            #expect(skipsWhole(Array(text.utf8)))
        }
    }

    @Test(arguments: [
        "", " ", "[]", "1", "{", "{\"event\"}", "{\"event\":}", "{\"event\":\"a\"",
        "{\"event\":\"a\",}",
        "{\"event\":\"a\"}x", "{\"event\":\"a\"}{}", "{,}", "{\"event\":\"a\" \"b\":1}",
        "{\"a\":1]",
        "{\"event\":\"a\",\"event\":\"a\"}", "{\"event\":5}", "{\"event\":\"a\\u0062\"}",
        "{\"ev\\u0065nt\":\"a\"}", "{\"event\":\"é\"}", "{\"event\":\"a\u{1}\"}",
        "{\"media\":{\"event_id\":01}}", "{\"media\":{\"event_id\":1.0}}",
        "{\"media\":{\"event_id\":1e1}}", "{\"media\":{\"event_id\":1234567890123456789}}",
        "{\"media\":{\"event_id\":}}", "{\"media\":{\"event_id\":-}}", "{\"media\":[]}",
        "{\"media\":{},\"media\":{\"payload\":\"\"}}", "{\"x\":nul}", "{\"x\":nully}", "{\"x\":+1}",
        "{\"x\":1e5}", "{\"x\":\"\\ud83d\\ude00\"}", "{\"x\":[1,]}", "{\"x\":[1}}",
        "{\"x\":\"\\q\"}",
    ])
    func `an unknown shape is left to the full reader`(text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { Wanted(scanning: $0) } == nil)
    }

    @Test(arguments: [
        [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF],
        [0xEE, 0x80, 0x80], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
    ])
    func `a skipped text may hold any scalar`(scalar: [UInt8]) {
        #expect(skipsWhole([0x22] + scalar + [0x22]))
        #expect(!skipsWhole([0x22] + scalar.dropLast() + [0x22]) || scalar.count == 1)
    }

    @Test(arguments: [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80],
        [0xFF], [0xC2, 0x41], [0xE1, 0x80, 0x41], [0xF1, 0x80, 0x80, 0x41], [0x1F], [0x00],
    ])
    func `a skipped text holds nothing but UTF-8`(bytes: [UInt8]) {
        #expect(!skipsWhole([0x22] + bytes + [0x22]))
    }

    @Test(arguments: [
        ("AAAA", true), ("", true), ("AA==", true), ("AAA=", true), ("AAA", false),
        ("AB==", false), ("A===", false), ("AAAA ", false), (" AAAA", false), ("AA\\/A", false),
        (String(repeating: "aZ+/", count: 54), true),
        (String(repeating: "aZ+/", count: 54) + "-", false),
    ])
    func `base64 is taken whole or not at all`(text: String, isTaken: Bool) {
        for tail in ["", String(repeating: "A", count: 40)] {
            let message = Array("{\"a\":\"\(text)\",\"b\":\"\(tail)\"}".utf8)
            message.withUnsafeBytes { bytes in
                var scanner = ShapeScanner(bytes)
                var taken: ShapeText?
                scanner.enter()
                while let name = scanner.next() {
                    if name == "a" { scanner.base64(into: &taken) } else { scanner.skip() }
                }
                #expect(scanner.isWhole == isTaken)
                if isTaken { #expect(taken?.string == text) }
            }
        }
    }

    @Test func `a call out of turn makes the shape unknown`() {
        Array("{\"a\":1,\"b\":2}".utf8).withUnsafeBytes { bytes in
            var scanner = ShapeScanner(bytes)
            #expect(scanner.next() == nil)
            #expect(!scanner.isWhole)
            scanner = ShapeScanner(bytes)
            scanner.enter()
            #expect(scanner.next()?.string == "a")
            #expect(scanner.next() == nil, "the value was not taken")
            #expect(!scanner.isWhole)
            scanner = ShapeScanner(bytes)
            scanner.enter()
            scanner.skip()
            #expect(!scanner.isWhole, "a name comes first")
        }
    }

    @Test func `depth ends where the full reader's ends`() throws {
        for depth in (JSON.depthMax - 2)...(JSON.depthMax + 2) {
            let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let isRead = (try? JSON(parsing: arrays)) != nil
            #expect(skipsWhole(Array(arrays.utf8)) == isRead, "\(depth)")
            let open = String(repeating: "{\"media\":", count: depth - 1)
            let objects = open + "{}" + String(repeating: "}", count: depth - 1)
            #expect(skipsWhole(Array(objects.utf8)) == isRead, "\(depth)")
        }
    }

    @Test func `mutated messages mean the same to both readers or are unknown here`() {
        let seed: UInt64 = 0x5EED_0003
        var dice = Dice(seed: seed)
        var whole = 0
        for round in 0..<20000 {
            let sample = Array(Self.samples[dice.below(Self.samples.count)].utf8)
            let bytes = dice.damaged(sample)
            let full = try? JSON(parsing: bytes)
            if skipsWhole(bytes) { #expect(full != nil, "seed \(seed) round \(round)") }
            guard let found = bytes.withUnsafeBytes({ Wanted(scanning: $0) }) else { continue }
            whole += 1
            #expect(full.map(Wanted.init) == found, "seed \(seed) round \(round)")
        }
        #expect(whole > 1000, "most mutations must not be trivial")
    }

    @Test func `random values that skip whole are read by the full reader`() {
        let seed: UInt64 = 0x5EED_0004
        var dice = Dice(seed: seed)
        for round in 0..<3000 {
            let bytes = dice.damaged(dice.json(depth: 4).bytes)
            guard skipsWhole(bytes) else { continue }
            #expect((try? JSON(parsing: bytes)) != nil, "seed \(seed) round \(round)")
        }
    }

    @Test func `a text ends at its first odd byte wherever that lies`() {
        for odd in [UInt8(0), 0x1F, 0x22, 0x5C, 0x80, 0xFF] {
            for place in 0..<40 {
                var bytes = [UInt8](repeating: UInt8(ascii: "~"), count: 40)
                bytes[place] = odd
                if place + 1 < 40 { bytes[place + 1] = 0x21 }
                bytes.withUnsafeBytes { bytes in
                    guard let start = bytes.baseAddress else { return }
                    #expect(ShapeText.plainEnd(start, start + 40) - start == place)
                }
            }
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-120", -120),
            ("999999999999999999", 999_999_999_999_999_999),
            ("", nil), ("-", nil), ("01", nil), ("+1", nil), ("1a", nil), ("1.0", nil),
            ("1234567890123456789", nil),
        ] as [(String, Int64?)])
    func `digits in a text are an integer as JSON writes it`(text: String, value: Int64?) {
        Array(text.utf8).withUnsafeBytes { bytes in
            let start = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
            #expect(ShapeText(start: start, count: bytes.count).integer == value)
        }
    }
}
