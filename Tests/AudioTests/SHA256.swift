/// SHA-256 (FIPS 180-4) of some bytes in hexadecimal, to compare a table with its reference.
func sha256(_ message: [UInt8]) -> String {
    var state = primes(8).map { fraction(of: Double($0).squareRoot()) }
    let constants = primes(64).map { cubeRootFraction(of: $0) }
    var bytes = message + [0x80]
    while bytes.count % 64 != 56 { bytes.append(0) }
    let bits = UInt64(message.count * 8)
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(bits >> shift & 255)) }
    for block in stride(from: 0, to: bytes.count, by: 64) {
        mix(bytes[block..<(block + 64)], into: &state, constants)
    }
    let digits = Array("0123456789abcdef")
    return String(
        state.flatMap { word in
            stride(from: 28, through: 0, by: -4).map { digits[Int(word >> UInt32($0) & 15)] }
        })
}

private func mix(_ block: ArraySlice<UInt8>, into state: inout [UInt32], _ constants: [UInt32]) {
    func turn(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }
    var w = (0..<16).map { word in
        (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(block[block.startIndex + 4 * word + $1]) }
    }
    for i in 16..<64 {
        let s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3
        let s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10
        w.append(w[i - 16] &+ s0 &+ w[i - 7] &+ s1)
    }
    var v = state
    for i in 0..<64 {
        let s1 = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)
        let choice = v[4] & v[5] ^ ~v[4] & v[6]
        let first = v[7] &+ s1 &+ choice &+ constants[i] &+ w[i]
        let s0 = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)
        let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
        v = [first &+ s0 &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
    }
    for i in 0..<8 { state[i] &+= v[i] }
}

private func primes(_ count: Int) -> [Int] {
    var found: [Int] = []
    var next = 2
    while found.count < count {
        if found.allSatisfy({ next % $0 != 0 }) { found.append(next) }
        next += 1
    }
    return found
}

/// The first 32 bits after the point.
private func fraction(of value: Double) -> UInt32 {
    UInt32((value - value.rounded(.down)) * 4_294_967_296)
}

/// The same for a cube root, by bisection: the language has none.
private func cubeRootFraction(of number: Int) -> UInt32 {
    var (low, high) = (0.0, 8.0)
    for _ in 0..<80 {
        let middle = (low + high) / 2
        if middle * middle * middle <= Double(number) { low = middle } else { high = middle }
    }
    return fraction(of: low)
}
