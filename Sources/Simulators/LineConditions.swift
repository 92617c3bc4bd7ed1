/// The weather on a line that carries messages in order, as TCP does.
package struct LineConditions: Sendable, Equatable {
    /// Time every message takes.
    package var delay: Duration = .zero
    /// Up to this much more, drawn for each message; a late one holds back those behind it.
    package var jitter: Duration = .zero
    /// How many of a thousand messages meet a lost packet.
    package var stallsPerThousand: Int = 0
    /// What a lost packet costs until it is sent again (Linux waits at least 200 ms).
    package var stall: Duration = .milliseconds(200)
    /// The connection breaks, so long after it began; nil: never.
    package var breaksAfter: Duration?
    /// The other side falls dumb without a word, so long after the beginning; nil: never.
    package var silentAfter: Duration?

    package init() {}

    /// A line without any weather.
    package static let perfect = LineConditions()

    /// Reads `delay=40ms,jitter=20ms,stalls=5,stall=300ms,breaks-after=10s,silent-after=12s`.
    package init(_ text: String) throws(LineConditionsError) {
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else { throw .malformed(String(part)) }
            if pair[0] == "stalls" {
                guard let count = Int(pair[1]), (0...1000).contains(count) else {
                    throw .malformed(String(part))
                }
                stallsPerThousand = count
                continue
            }
            guard let value = Duration(plain: pair[1]) else { throw .malformed(String(part)) }
            switch pair[0] {
            case "delay": delay = value
            case "jitter": jitter = value
            case "stall": stall = value
            case "breaks-after": breaksAfter = value
            case "silent-after": silentAfter = value
            default: throw .unknown(pair[0])
            }
        }
    }
}

/// What is wrong with a text of line conditions.
package enum LineConditionsError: Error, Equatable {
    /// No such condition.
    case unknown(String)
    /// Not `name=value` with a value that can be read.
    case malformed(String)
}

/// One direction of a line in its weather: tells when each message arrives.
package struct Line: Sendable, Equatable {
    private let conditions: LineConditions
    private var random: SeededRandom
    private let began: Duration
    private var lastArrival: Duration

    package init(_ conditions: LineConditions, seed: UInt64, since began: Duration) {
        self.conditions = conditions
        self.began = began
        random = SeededRandom(seed: seed)
        lastArrival = began
    }

    /// When the connection breaks; nil: never.
    package var breaksAt: Duration? { conditions.breaksAfter.map { began + $0 } }

    /// When a message sent now arrives, never before the one sent before it; nil: never.
    package mutating func arrival(sentAt now: Duration) -> Duration? {
        if let silent = conditions.silentAfter, now >= began + silent { return nil }
        var travel = conditions.delay
        if conditions.jitter > .zero {
            travel += random.duration(in: .zero...conditions.jitter)
        }
        if conditions.stallsPerThousand > 0,
            random.chance(Double(conditions.stallsPerThousand) / 1000)
        {
            travel += conditions.stall
        }
        lastArrival = max(lastArrival, now + travel)
        return lastArrival
    }
}

extension Duration {
    /// Reads `250ms`, `20s`, `1.5s`, `10m`, `4h`; a bare number is seconds.
    package init?(plain text: some StringProtocol) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
        var digits = Substring(text)
        var scale = 1.0
        if let unit = units.first(where: { text.hasSuffix($0.0) }) {
            digits = digits.dropLast(unit.0.count)
            scale = unit.1
        }
        guard let first = digits.first, first.isASCII, first.isNumber,
            let value = Double(digits), value.isFinite, value * scale < 1e9
        else { return nil }
        self = .microseconds(Int64((value * scale * 1_000_000).rounded()))
    }
}
