/// `Duration`'s sums and comparisons, inlined: the library's own are calls, and calls within them,
/// of which the audio's way through a call would make thirty with every frame.
///
/// Found before the library's because a module's own declarations are. Where that should change,
/// everything means the same and is slower.
extension Duration {
    @inline(__always)
    static var zero: Duration { Duration(attoseconds: 0) }

    @inline(__always)
    static func + (one: Duration, other: Duration) -> Duration {
        Duration(attoseconds: one.attoseconds + other.attoseconds)
    }

    @inline(__always)
    static func - (one: Duration, other: Duration) -> Duration {
        Duration(attoseconds: one.attoseconds - other.attoseconds)
    }

    @inline(__always)
    static func += (one: inout Duration, other: Duration) { one = one + other }

    @inline(__always)
    static func -= (one: inout Duration, other: Duration) { one = one - other }

    @inline(__always)
    static func == (one: Duration, other: Duration) -> Bool {
        one.attoseconds == other.attoseconds
    }

    @inline(__always)
    static func != (one: Duration, other: Duration) -> Bool { !(one == other) }

    @inline(__always)
    static func < (one: Duration, other: Duration) -> Bool {
        one.attoseconds < other.attoseconds
    }

    @inline(__always)
    static func > (one: Duration, other: Duration) -> Bool { other < one }

    @inline(__always)
    static func <= (one: Duration, other: Duration) -> Bool { !(other < one) }

    @inline(__always)
    static func >= (one: Duration, other: Duration) -> Bool { !(one < other) }
}

/// The longer of two durations.
@inline(__always)
func max(_ one: Duration, _ other: Duration) -> Duration { other < one ? one : other }

/// The shorter of two durations.
@inline(__always)
func min(_ one: Duration, _ other: Duration) -> Duration { other < one ? other : one }
