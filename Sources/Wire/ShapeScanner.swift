/// Reads JSON messages whose shape is known, in one pass and without allocating.
///
/// A caller walks the members in whatever order they come, takes what it wants and skips the
/// rest. All that is out of the ordinary, an escape or a letter beyond ASCII in what it takes, a
/// number that is no short integer, a wanted member twice, text behind the end, or no JSON at
/// all, ends the walk: `isWhole` is false, and the caller turns to `JSON(parsing:)`. What is whole
/// here means the same there; the reverse need not hold.
///
///     var scanner = ShapeScanner(bytes)
///     var event: ShapeText?, payload: ShapeText?, hasMedia = false
///     scanner.enter()
///     while let name = scanner.next() {
///         if name == "event" {
///             scanner.text(into: &event)
///         } else if name == "media" {
///             scanner.enter(once: &hasMedia)
///             while let name = scanner.next() {
///                 if name == "payload" { scanner.text(into: &payload) } else { scanner.skip() }
///             }
///         } else {
///             scanner.skip()
///         }
///     }
///     guard scanner.isWhole, let event, event == "media", let payload else {
///         return slowly(bytes)
///     }
package struct ShapeScanner {
    /// What must come next.
    private enum State {
        /// A value.
        case value
        /// The first name of an object, or its end.
        case first
        /// A comma and a name, the end of the object, or at depth 0 the end of the text.
        case after
        /// Nothing: the shape is not known.
        case unknown
    }

    private var cursor: UnsafeRawPointer
    private let end: UnsafeRawPointer
    private var state = State.value
    private var depth = 0

    /// A scanner at the beginning of `bytes`, which must outlive it and the texts it gives.
    package init(_ bytes: UnsafeRawBufferPointer) {
        // An empty buffer may have no address; any will do, for none of its bytes is read.
        cursor = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        end = cursor + bytes.count
    }

    /// Steps into the object that comes next; `next` gives its members.
    package mutating func enter() {
        guard state == .value, depth < JSON.depthMax, take(UInt8(ascii: "{")) else { return give() }
        depth += 1
        state = .first
    }

    /// Steps into an object that may come once only: a second one makes the shape unknown.
    package mutating func enter(once seen: inout Bool) {
        guard !seen else { return give() }
        seen = true
        enter()
    }

    /// The name of the next member, whose value must be taken or skipped before the next call;
    /// nil at the object's end, which is left, or when the shape is not known.
    package mutating func next() -> ShapeText? {
        switch state {
        case .first where take(UInt8(ascii: "}")): return leave()
        case .first: break
        case .after where depth == 0: return nothing()
        case .after where take(UInt8(ascii: "}")): return leave()
        case .after: guard take(UInt8(ascii: ",")) else { return nothing() }
        case .value, .unknown: return nothing()
        }
        guard let name = quoted(), take(UInt8(ascii: ":")) else { return nothing() }
        state = .value
        return name
    }

    /// Takes a text; a second one under the same name makes the shape unknown.
    package mutating func text(into place: inout ShapeText?) {
        guard state == .value, place == nil, let text = quoted() else { return give() }
        place = text
        state = .after
    }

    /// Takes a text that is base64; any other, or a second one, makes the shape unknown.
    package mutating func base64(into place: inout ShapeText?) {
        guard state == .value, place == nil, take(UInt8(ascii: "\"")),
            let quote = Base64Check.end(cursor, end), quote < end,
            quote.load(as: UInt8.self) == UInt8(ascii: "\"")
        else { return give() }
        place = ShapeText(start: cursor, count: quote - cursor)
        cursor = quote + 1
        state = .after
    }

    /// Takes an integer of at most 18 digits, where it lies; a second one makes the shape unknown.
    package mutating func integer(into place: inout ShapeText?) {
        guard state == .value, place == nil, let digits = digits() else { return give() }
        place = digits
        state = .after
    }

    /// Passes over the value that comes next, whatever it is.
    package mutating func skip() {
        guard state == .value else { return give() }
        let start = cursor
        if quoted() != nil {
            state = .after
            return
        }
        cursor = start
        var skipper = ShapeSkipper(cursor, end, depth: depth)
        guard skipper.skipValue() else { return give() }
        cursor = skipper.cursor
        state = .after
    }

    /// Passes over the value that comes next; where it is an object, remembers where it lies. A
    /// second object makes the shape unknown.
    package mutating func skip(object place: inout UnsafeRawBufferPointer?) {
        guard place == nil else { return give() }
        skipSpace()
        let start = cursor
        skip()
        guard state == .after, start.load(as: UInt8.self) == UInt8(ascii: "{") else { return }
        place = UnsafeRawBufferPointer(start: start, count: cursor - start)
    }

    /// True when one value was read to its end and nothing but white space is behind it.
    package var isWhole: Bool {
        var copy = self
        copy.skipSpace()
        return state == .after && depth == 0 && copy.cursor == end
    }

    /// Gives the shape up.
    private mutating func give() { state = .unknown }

    private mutating func nothing() -> ShapeText? {
        state = .unknown
        return nil
    }

    private mutating func leave() -> ShapeText? {
        depth -= 1
        state = .after
        return nil
    }

    /// Takes one byte of punctuation with white space before it.
    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        if cursor < end, cursor.load(as: UInt8.self) == byte {
            cursor += 1
            return true
        }
        skipSpace()
        guard cursor < end, cursor.load(as: UInt8.self) == byte else { return false }
        cursor += 1
        return true
    }

    private mutating func skipSpace() {
        while cursor < end {
            switch cursor.load(as: UInt8.self) {
            case 0x20, 0x09, 0x0A, 0x0D: cursor += 1
            default: return
            }
        }
    }

    /// A text without escapes, in ASCII.
    private mutating func quoted() -> ShapeText? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = cursor
        cursor = ShapeText.plainEnd(start, end)
        guard cursor < end, cursor.load(as: UInt8.self) == UInt8(ascii: "\"") else { return nil }
        defer { cursor += 1 }
        return ShapeText(start: start, count: cursor - start)
    }

    /// An integer; what may continue a number behind it makes it unknown.
    private mutating func digits() -> ShapeText? {
        skipSpace()
        let start = cursor
        while cursor < end, ShapeSkipper.continuesNumber(cursor.load(as: UInt8.self)) {
            cursor += 1
        }
        let text = ShapeText(start: start, count: cursor - start)
        return text.integer == nil ? nil : text
    }
}
