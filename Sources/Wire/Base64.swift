/// Base64 (RFC 4648 section 4), straight from buffer to buffer.
///
/// Encoding looks up 12 bits at once: a table of 4096 pairs of letters (8 KiB), four look-ups
/// and one 64-bit store for six bytes. Decoding looks up each letter in one of four tables that
/// have its bits already in place. Both are about twice as fast as OpenSSL's EVP.
package enum Base64 {
    /// Letters that this many bytes become, padding included.
    package static func encodedCount(_ bytes: Int) -> Int { (bytes + 2) / 3 * 4 }

    /// Bytes in a text, by its length and padding; nil when the length is no multiple of four.
    package static func decodedCount(_ text: UnsafeRawBufferPointer) -> Int? {
        guard text.count % 4 == 0 else { return nil }
        guard text.count > 0, text[text.count - 1] == pad else { return text.count / 4 * 3 }
        return text.count / 4 * 3 - (text[text.count - 2] == pad ? 2 : 1)
    }

    /// Encodes all bytes into a buffer of at least `encodedCount` bytes; returns that count.
    @discardableResult
    package static func encode(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int {
        let size = encodedCount(bytes.count)
        precondition(target.count >= size, "base64 needs a larger buffer")
        guard let from = bytes.baseAddress, let to = target.baseAddress else { return 0 }
        pairs.withUnsafeBufferPointer { table in
            guard let table = table.baseAddress else { return }
            let done = encodeSixes(from, bytes.count, to, table)
            encodeRest(from + done, bytes.count - done, to + done / 3 * 4, table)
        }
        return size
    }

    /// Decodes a text into a buffer of at least `decodedCount` bytes; returns that count, or nil
    /// when a letter is foreign, padding is missing or misplaced, or its hidden bits are not 0.
    package static func decode(
        _ text: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        guard let size = decodedCount(text) else { return nil }
        precondition(target.count >= size, "base64 needs a larger buffer")
        guard size > 0, let from = text.baseAddress, let to = target.baseAddress else { return 0 }
        let isValid = values.withUnsafeBufferPointer { table -> Bool in
            guard let table = table.baseAddress else { return false }
            // The last four letters may hold padding, and their bytes end the buffer.
            let whole = text.count - 4
            return decodeFours(from, whole, to, table)
                && decodeLast(from + whole, to + whole / 4 * 3, size - whole / 4 * 3, table)
        }
        return isValid ? size : nil
    }

    /// True when `decode` would take the text.
    package static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let start = text.baseAddress else { return true }
        return Base64Check.end(start, start + text.count) == start + text.count
    }

    /// The text of some bytes.
    package static func text(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: encodedCount(bytes.count)) { target in
            bytes.withUnsafeBytes { encode($0, into: UnsafeMutableRawBufferPointer(target)) }
        }
    }

    /// The bytes of a text; nil when it is not strictly base64.
    package static func bytes(_ text: String) -> [UInt8]? {
        let letters = Array(text.utf8)
        return letters.withUnsafeBytes { letters in
            guard let size = decodedCount(letters) else { return nil }
            var isValid = false
            let bytes = [UInt8](unsafeUninitializedCapacity: size) { target, count in
                isValid = decode(letters, into: UnsafeMutableRawBufferPointer(target)) != nil
                count = isValid ? size : 0
            }
            return isValid ? bytes : nil
        }
    }

    private static let pad = UInt8(ascii: "=")
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The two letters of each 12 bits, in memory order.
    private static let pairs: [UInt16] = (0..<4096).map { bits in
        UInt16(littleEndian: UInt16(alphabet[bits >> 6]) | UInt16(alphabet[bits & 63]) << 8)
    }

    /// Above any three bytes: the mark of a foreign letter.
    private static let foreign: UInt32 = 1 << 24

    /// Four tables of 256: the letter's six bits where the first, second, third, fourth puts them.
    private static let values: [UInt32] = {
        var table = [UInt32](repeating: foreign, count: 4 * 256)
        for place in 0..<4 {
            for (value, letter) in alphabet.enumerated() {
                table[place * 256 + Int(letter)] = UInt32(value) << UInt32(18 - 6 * place)
            }
        }
        return table
    }()

    private static func encodeSixes(
        _ from: UnsafeRawPointer, _ count: Int, _ to: UnsafeMutableRawPointer,
        _ table: UnsafePointer<UInt16>
    ) -> Int {
        var done = 0
        var target = to
        // Six bytes are used of the eight loaded.
        while count - done >= 8 {
            let word = from.loadUnaligned(fromByteOffset: done, as: UInt64.self).bigEndian
            let first =
                UInt64(table[Int(word >> 52)]) | UInt64(table[Int(word >> 40 & 0xFFF)]) << 16
            let second =
                UInt64(table[Int(word >> 28 & 0xFFF)]) | UInt64(table[Int(word >> 16 & 0xFFF)])
                << 16
            target.storeBytes(of: (first | second << 32).littleEndian, as: UInt64.self)
            target += 8
            done += 6
        }
        return done
    }

    private static func encodeRest(
        _ from: UnsafeRawPointer, _ count: Int, _ to: UnsafeMutableRawPointer,
        _ table: UnsafePointer<UInt16>
    ) {
        var target = to
        for start in stride(from: 0, to: count, by: 3) {
            let left = min(3, count - start)
            var bits = 0
            for place in 0..<3 {
                let byte =
                    place < left ? from.load(fromByteOffset: start + place, as: UInt8.self) : 0
                bits = bits << 8 | Int(byte)
            }
            target.storeBytes(of: table[bits >> 12], as: UInt16.self)
            (target + 2).storeBytes(of: table[bits & 0xFFF], as: UInt16.self)
            if left < 3 { (target + 3).storeBytes(of: pad, as: UInt8.self) }
            if left < 2 { (target + 2).storeBytes(of: pad, as: UInt8.self) }
            target += 4
        }
    }

    private static func decodeFours(
        _ from: UnsafeRawPointer, _ count: Int, _ to: UnsafeMutableRawPointer,
        _ table: UnsafePointer<UInt32>
    ) -> Bool {
        var seen: UInt32 = 0
        var target = to
        var letters = from
        // Eight bytes are stored of which six count: the next letters write over the two others,
        // so that four more letters must follow before `end`, besides the last four.
        let end = from + count
        while end - letters >= 12 {
            let first = fourBits(letters, table)
            let second = fourBits(letters + 4, table)
            seen |= first | second
            let bits = UInt64(first) << 40 | UInt64(second) << 16
            target.storeBytes(of: bits.bigEndian, as: UInt64.self)
            target += 6
            letters += 8
        }
        while letters < end {
            let bits = fourBits(letters, table)
            seen |= bits
            for place in 0..<3 {
                let byte = UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place))
                target.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
            }
            target += 3
            letters += 4
        }
        return seen < foreign
    }

    @inline(__always)
    private static func fourBits(
        _ letters: UnsafeRawPointer, _ table: UnsafePointer<UInt32>
    ) -> UInt32 {
        table[Int(letters.load(as: UInt8.self))]
            | table[256 &+ Int(letters.load(fromByteOffset: 1, as: UInt8.self))]
            | table[512 &+ Int(letters.load(fromByteOffset: 2, as: UInt8.self))]
            | table[768 &+ Int(letters.load(fromByteOffset: 3, as: UInt8.self))]
    }

    /// The last four letters, of which `size` bytes come: 3, 2 or 1.
    private static func decodeLast(
        _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ size: Int,
        _ table: UnsafePointer<UInt32>
    ) -> Bool {
        var bits: UInt32 = 0
        for place in 0...size {
            bits |= table[place * 256 + Int(from.load(fromByteOffset: place, as: UInt8.self))]
        }
        let hidden: UInt32 = size == 3 ? 0 : size == 2 ? 0xFF : 0xFFFF
        guard bits < foreign, bits & hidden == 0 else { return false }
        for place in 0..<size {
            let byte = UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place))
            to.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
        }
        return true
    }
}
