import Audio

/// How loud a piece of µ-law in base64 is, as the mean of its samples' squares.
///
/// Squares come from a table, so that nothing is decoded, and only every eighth group of letters
/// is looked at: three samples in 24 tell the loudness of speech as well as all of them do.
struct SpeechLoudness: Sendable, Equatable {
    /// The sum of the squares looked at, and how many they were.
    var squares: UInt64 = 0
    var samples = 0

    /// Groups of four letters from one that is looked at to the next.
    private static let groupStep = 8
    private static let pad = UInt8(ascii: "=")

    /// The square of the sample of each code.
    private static let squareOf: [UInt32] = (0..<256).map { code in
        let sample = Int32(MuLaw.decode(UInt8(code)))
        return UInt32(sample * sample)
    }

    /// Six bits of each letter; a foreign one counts as 0, for it is refused elsewhere.
    private static let bitsOf: [UInt32] = {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        var table = [UInt32](repeating: 0, count: 256)
        for (bits, letter) in letters.utf8.enumerated() { table[Int(letter)] = UInt32(bits) }
        return table
    }()

    /// Adds an eighth of the samples of a piece.
    mutating func add(base64: UnsafeRawBufferPointer) {
        var groups = base64.count / 4
        // A padded group holds fewer samples than it shows.
        if groups > 0, base64[groups * 4 - 1] == Self.pad { groups -= 1 }
        guard groups > 0 else { return }
        var sum: UInt64 = 0
        var count = 0
        Self.squareOf.withUnsafeBufferPointer { square in
            Self.bitsOf.withUnsafeBufferPointer { bits in
                for at in stride(from: 0, to: groups * 4, by: 4 * Self.groupStep) {
                    let three =
                        bits[Int(base64[at])] << 18 | bits[Int(base64[at + 1])] << 12
                        | bits[Int(base64[at + 2])] << 6 | bits[Int(base64[at + 3])]
                    sum &+= UInt64(square[Int(three >> 16 & 0xFF)])
                    sum &+= UInt64(square[Int(three >> 8 & 0xFF)])
                    sum &+= UInt64(square[Int(three & 0xFF)])
                    count += 3
                }
            }
        }
        squares &+= sum
        samples += count
    }

    /// The mean of the squares; 0 when nothing was looked at.
    var power: Float { samples == 0 ? 0 : Float(squares) / Float(samples) }
}
