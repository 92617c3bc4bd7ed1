import Testing

@testable import Audio

@Test func `every sample becomes a double and comes back`() {
    let all = (Int16.min...Int16.max).map { $0 }
    var doubles = [Double](repeating: .nan, count: all.count)
    var back = [Int16](repeating: 0, count: all.count)
    all.withUnsafeBytes { all in
        doubles.withUnsafeMutableBytes { SampleDoubles.widen(all, into: $0, count: 65_536) }
    }
    let isSame = zip(all, doubles).allSatisfy { Double($0) == $1 }
    #expect(isSame)
    doubles.withUnsafeBytes { doubles in
        back.withUnsafeMutableBytes { SampleDoubles.narrow(doubles, into: $0, count: 65_536) }
    }
    let isBack = back == all
    #expect(isBack)
}

@Test func `doubles are rounded to even and cut at the loudest, one by one as by eights`() {
    let doubles = [
        0.5, 1.5, -0.5, -1.5, 2.4999999, -32768.5, 32767.49, 32767.5, 40000, -40000, 2e9, -2e9,
        -0.0, 1e-300, 7, -7.5000001, 0.4999999999, 3.5, -2.5,
    ]
    let wanted: [Int16] = [
        0, 2, 0, -2, 2, -32768, 32767, 32767, 32767, -32768, 32767, -32768, 0, 0, 7, -8, 0, 4, -2,
    ]
    for count in 0...doubles.count {
        var samples = [Int16](repeating: 99, count: doubles.count)
        doubles.withUnsafeBytes { doubles in
            samples.withUnsafeMutableBytes {
                SampleDoubles.narrow(doubles, into: $0, count: count)
            }
        }
        #expect(Array(samples[..<count]) == Array(wanted[..<count]))
        #expect(samples[count...].allSatisfy { $0 == 99 })
    }
}
