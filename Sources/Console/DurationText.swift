/// Durations as people write them: `400ms`, `2s`, `1.5s`, `15m`, `4h`.
extension Duration {
    /// Largest first; a day is 24 hours.
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
        ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
    ]

    /// Digits before or after the point: any such number fits 64 bits.
    private static let digitsMax = 18

    /// Reads a number with its unit; nil for anything else, also for a number alone and for
    /// more than 100 years.
    package init?(written text: String) {
        let split = text.firstIndex { $0.isASCII && $0.isLetter } ?? text.endIndex
        let unit = Self.units.first { $0.name == text[split...] }
        let parts = text[..<split].split(separator: ".", omittingEmptySubsequences: false)
        guard let unit, (1...2).contains(parts.count) else { return nil }
        let isPlain = parts.allSatisfy { part in
            (1...Self.digitsMax).contains(part.utf8.count)
                && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard isPlain, let whole = Int64(parts[0]) else { return nil }
        let (nanoseconds, overflow) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
        guard !overflow, nanoseconds <= 36_525 * 86_400_000_000_000 else { return nil }
        var rest: Int64 = 0
        if parts.count == 2 {
            var weight = unit.nanoseconds
            for digit in parts[1].utf8 {
                weight /= 10
                rest += Int64(digit - 0x30) * weight
            }
        }
        self = .nanoseconds(nanoseconds + rest)
    }

    /// The shortest text without a fraction that `init(written:)` reads back; below a
    /// microsecond it is cut.
    package var written: String {
        let (seconds, attoseconds) = components
        let nanoseconds = Int64(seconds) &* 1_000_000_000 &+ attoseconds / 1_000_000_000
        for unit in Self.units.dropFirst() where nanoseconds % unit.nanoseconds == 0 {
            if nanoseconds != 0 { return "\(nanoseconds / unit.nanoseconds)\(unit.name)" }
        }
        return nanoseconds == 0 ? "0s" : "\(nanoseconds / 1_000)us"
    }

    /// Three digits and a unit, for a table of measurements: `312 µs`, `1.94 ms`, `20.3 s`.
    package var figure: String {
        let seconds = Double(components.seconds) + Double(components.attoseconds) * 1e-18
        switch abs(seconds) {
        case 0: return "0"
        case ..<999.5e-9: return Self.digits(seconds * 1e9) + " ns"
        case ..<999.5e-6: return Self.digits(seconds * 1e6) + " µs"
        case ..<999.5e-3: return Self.digits(seconds * 1e3) + " ms"
        default: return Self.digits(seconds) + " s"
        }
    }

    private static func digits(_ value: Double) -> String {
        switch abs(value) {
        case ..<9.995: fixed(value, 2)
        case ..<99.95: fixed(value, 1)
        default: fixed(value, 0)
        }
    }

    private static func fixed(_ value: Double, _ places: Int) -> String {
        var power = 1.0
        for _ in 0..<places { power *= 10 }
        let scaled = Int((abs(value) * power).rounded())
        let sign = value < 0 ? "-" : ""
        guard places > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % Int(power))
        let zeros = String(repeating: "0", count: places - fraction.count)
        return "\(sign)\(scaled / Int(power)).\(zeros)\(fraction)"
    }
}
