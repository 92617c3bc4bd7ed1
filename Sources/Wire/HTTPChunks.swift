/// Takes the chunks off a body (RFC 9112 section 7.1).
///
/// Debian builds http-parser without its strict checks: any two bytes pass for the CRLF after a
/// chunk. So chunks are read here, to the letter: CRLF only, sizes of at most 15 hex digits,
/// extensions and trailer fields checked, counted against the head's limits and dropped.
struct HTTPChunks: Sendable, Equatable {
    /// What became of the bytes.
    enum Outcome {
        /// All were taken, and the body goes on.
        case more
        /// `taken` bytes were taken; `piece` of them are the body's.
        case piece(Range<Int>, taken: Int)
        /// The body ended with the byte before `taken`.
        case end(taken: Int)
    }

    private enum State: Sendable, Equatable {
        case sizeStart, size, extensions, sizeLF
        case data, dataCR, dataLF
        case trailerStart, trailerName, trailerValue, trailerLF, endLF
    }

    private static let carriageReturn: UInt8 = 0x0D
    /// Hex digits of a chunk's size that always fit an Int.
    private static let sizeDigitsMax = 15

    private var state: State = .sizeStart
    private var size = 0
    private var digits = 0
    private var total = 0
    /// Bytes of extensions and trailer fields.
    private var overhead = 0
    private var trailers = 0

    /// Reads from `start` up to the next piece of body, or as far as the bytes go.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, bodyBytesMax: Int, _ limits: HTTPLimits
    ) throws(HTTPFailure) -> Outcome {
        var index = 0
        while index < bytes.count {
            if state == .data {
                let end = index + min(size, bytes.count - index)
                size -= end - index
                if size == 0 { state = .dataCR }
                return .piece(index..<end, taken: end)
            }
            let byte = bytes[index]
            index += 1
            if state == .endLF {
                try expect(byte, 0x0A)
                return .end(taken: index)
            }
            try take(byte, bodyBytesMax, limits)
        }
        return .more
    }

    private mutating func take(
        _ byte: UInt8, _ bodyBytesMax: Int, _ limits: HTTPLimits
    ) throws(HTTPFailure) {
        switch state {
        case .sizeStart, .size: try takeSize(byte)
        case .extensions:
            try takeText(byte, then: .sizeLF, limits)
        case .sizeLF:
            try expect(byte, 0x0A)
            guard size <= bodyBytesMax - total else {
                throw HTTPFailure(413, "the body is larger than its limit")
            }
            total += size
            state = size == 0 ? .trailerStart : .data
        case .dataCR:
            try expect(byte, Self.carriageReturn)
            state = .dataLF
        case .dataLF:
            try expect(byte, 0x0A)
            (state, digits) = (.sizeStart, 0)
        case .trailerStart, .trailerName: try takeTrailer(byte, limits)
        case .trailerValue: try takeText(byte, then: .trailerLF, limits)
        case .trailerLF:
            try expect(byte, 0x0A)
            state = .trailerStart
        case .data, .endLF: break
        }
    }

    private mutating func takeSize(_ byte: UInt8) throws(HTTPFailure) {
        if let digit = HTTPToken.hexValue(byte) {
            digits += 1
            guard digits <= Self.sizeDigitsMax else {
                throw HTTPFailure(413, "a chunk's size is beyond any limit")
            }
            size = size << 4 | Int(digit)
            state = .size
        } else if state == .size, byte == Self.carriageReturn {
            state = .sizeLF
        } else if state == .size, byte == UInt8(ascii: ";") {
            state = .extensions
        } else {
            throw HTTPFailure(400, "a chunk's size is malformed")
        }
    }

    private mutating func takeTrailer(
        _ byte: UInt8, _ limits: HTTPLimits
    ) throws(HTTPFailure) {
        if state == .trailerStart {
            if byte == Self.carriageReturn {
                state = .endLF
                return
            }
            trailers += 1
            guard trailers <= limits.fieldsMax else {
                throw HTTPFailure(431, "the trailer has more fields than its limit")
            }
        } else if byte == UInt8(ascii: ":") {
            state = .trailerValue
            return
        }
        guard HTTPToken.isToken(byte) else {
            throw HTTPFailure(400, "a trailer field's name is malformed")
        }
        state = .trailerName
        try count(limits)
    }

    private mutating func takeText(
        _ byte: UInt8, then end: State, _ limits: HTTPLimits
    ) throws(HTTPFailure) {
        if byte == Self.carriageReturn {
            state = end
            return
        }
        guard HTTPHeadScanner.isText(byte) else {
            throw HTTPFailure(400, "a chunk's line has a control byte")
        }
        try count(limits)
    }

    private mutating func count(_ limits: HTTPLimits) throws(HTTPFailure) {
        overhead += 1
        guard overhead <= limits.headBytesMax else {
            throw HTTPFailure(431, "chunk extensions and trailer are larger than their limit")
        }
    }

    private func expect(_ byte: UInt8, _ expected: UInt8) throws(HTTPFailure) {
        guard byte == expected else {
            throw HTTPFailure(400, "a chunk does not end with CRLF")
        }
    }
}
