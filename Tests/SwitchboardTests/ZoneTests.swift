import Instruments
import Switchboard
import Testing

/// What the clock on a wall shows, held against another program's answers.
struct ZoneTests {
    private let shelf = ZoneShelf()

    private static func golden(_ name: String) throws -> String {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let path = "/\(folder)/Golden/\(name)"
        return String(decoding: try SmallFile.read(path, bytesMax: 100_000), as: UTF8.self)
    }

    @Test func `every moment has the offset that Python's zoneinfo gives it`() throws {
        let lines = try Self.golden("offsets.txt").split(separator: "\n")
        #expect(lines.count == 15)
        for line in lines {
            let words = line.split(separator: " ")
            let zone = try #require(shelf.zone(String(words[0])), "\(words[0])")
            for pair in words.dropFirst() {
                let numbers = pair.split(separator: ":").compactMap { Int($0) }
                #expect(zone.offset(at: numbers[0]) == numbers[1], "\(words[0]) \(pair)")
            }
        }
    }

    private func isMoved(_ zone: ZoneFile, at moment: Int) -> Bool {
        zone.offset(at: moment - 1) != zone.offset(at: moment)
    }

    @Test func `the clock is moved when it is said to be and not in between`() throws {
        let berlin = try #require(shelf.zone("Europe/Berlin"))
        // 2026-03-29 and 2026-10-25, both at 01:00 UTC; the same in 2090, long after any table.
        let moves = [1_774_746_000, 1_792_890_000, 3_794_173_200]
        for move in moves { #expect(isMoved(berlin, at: move)) }
        let quarters = stride(from: 1_767_225_600, to: 1_798_761_600, by: 900)
        #expect(quarters.filter { isMoved(berlin, at: $0) } == Array(moves.prefix(2)))
        let kolkata = try #require(shelf.zone("Asia/Kolkata"))
        #expect(!quarters.contains { isMoved(kolkata, at: $0) })
    }

    @Test(arguments: [
        "", "Nowhere/Land", "/etc/passwd", "../zoneinfo/UTC", "Europe/../UTC", "Europe", "Europe/",
        "zone.tab", "tzdata.zi", "leapseconds", "Europe/Berlin\0",
    ])
    func `what is no zone is none`(name: String) {
        #expect(shelf.zone(name) == nil)
    }

    @Test func `a rule alone is a zone`() throws {
        let zone = try #require(ZoneFile(Self.file(rule: "CET-1CEST,M3.5.0,M10.5.0/3")))
        #expect(zone.offset(at: 1_774_745_999) == 3_600)
        #expect(zone.offset(at: 1_774_746_000) == 7_200)
        #expect(zone.offset(at: 1_792_889_999) == 7_200)
        #expect(zone.offset(at: 1_792_890_000) == 3_600)
    }

    @Test func `days of a rule are counted with and without the leap day`() throws {
        // 2028 is a leap year: J60 is the 1st of March, 60 too; in 2026 60 is the 2nd of March.
        let fixed = try #require(ZoneFile(Self.file(rule: "AAA0BBB,J60/0,J300/0")))
        let counted = try #require(ZoneFile(Self.file(rule: "AAA0BBB,60/0,300/0")))
        let (march2026, march2028) = (1_772_323_200, 1_835_481_600)
        #expect(isMoved(fixed, at: march2026))
        #expect(isMoved(fixed, at: march2028))
        #expect(isMoved(counted, at: march2026 + 86_400))
        #expect(isMoved(counted, at: march2028))
    }

    @Test(arguments: [
        "X", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-25",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J1",
        "CET-1CEST,M3.5.0,M10.5.0/168", "<CE-1", "CET-1CEST,M3.5.0,M10.5.0 ", "CET-1:60",
    ])
    func `a rule that cannot be read makes no zone`(rule: String) {
        #expect(ZoneFile(Self.file(rule: rule)) == nil)
    }

    @Test func `a file of the first version, or cut anywhere, is no zone`() throws {
        let bytes = try SmallFile.read(
            ZoneShelf.standardFolder + "/Europe/Berlin", bytesMax: ZoneFile.bytesMax)
        #expect(ZoneFile(bytes) != nil)
        for count in 0..<bytes.count { #expect(ZoneFile(Array(bytes[..<count])) == nil) }
        var first = bytes
        first[4] = 0
        #expect(ZoneFile(first) == nil)
    }

    /// A file with one type at UTC, no moves, and that rule.
    private static func file(rule: String) -> [UInt8] {
        let counts: [UInt8] = [0, 0, 0, 0, 1, 0].flatMap { [0, 0, 0, $0] }
        let head = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + counts
        return head + [0, 0, 0, 0, 0, 0] + head + [0, 0, 0, 0, 0, 0]
            + Array("\n\(rule)\n".utf8)
    }
}
