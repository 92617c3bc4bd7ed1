import Simulators
import Testing
import Wire

struct FrameLedgerTests {
    @Test func `a frame that arrives says how long it was under way`() {
        var ledger = FrameLedger()
        #expect(ledger.send(at: 100) == 0)
        #expect(ledger.send(at: 120) == 1)
        #expect(ledger.underWay == 2)
        #expect(ledger.receive(0, at: 150) == .after(50))
        #expect(ledger.receiveNext(at: 200) == .after(80))
        #expect(ledger.underWay == 0)
        #expect(ledger.settle() == 0)
    }

    @Test func `frames passed by are lost`() {
        var ledger = FrameLedger()
        for time in 0..<5 { _ = ledger.send(at: Int64(time)) }
        #expect(ledger.receive(3, at: 10) == .after(7))
        #expect(ledger.lost == 3)
        #expect(ledger.receive(1, at: 11) == .unexpected)
        #expect(ledger.receive(3, at: 11) == .unexpected)
        #expect(ledger.receive(4, at: 11) == .after(7))
        #expect(ledger.settle() == 3)
        #expect(ledger.settle() == 0)
    }

    @Test func `a frame that was never sent cannot arrive`() {
        var ledger = FrameLedger()
        #expect(ledger.receiveNext(at: 1) == .unexpected)
        _ = ledger.send(at: 1)
        #expect(ledger.receive(1, at: 2) == .unexpected)
        #expect(ledger.settle() == 1)
        #expect(ledger.receive(0, at: 3) == .unexpected)
    }

    @Test func `only so many frames are remembered, older ones are lost`() {
        var ledger = FrameLedger()
        let frames = FrameLedger.framesMax + 10
        for frame in 0..<frames { _ = ledger.send(at: Int64(frame)) }
        #expect(ledger.lost == 10)
        #expect(ledger.receive(9, at: 1_000) == .unexpected)
        #expect(ledger.receive(10, at: 1_000) == .after(990))
        #expect(ledger.receive(frames - 1, at: 1_000) == .after(1_001 - Int64(frames)))
    }
}

struct FramePathTests {
    private static let call: UInt16 = 258

    /// The base64 of frames beginning with `first`, as load sends it.
    private func letters(call: UInt16 = Self.call, from first: UInt32, frames: Int = 1) -> [UInt8] {
        var bytes: [UInt8] = []
        for frame in 0..<UInt32(frames) {
            let index = first + frame
            let head = [
                UInt8(call >> 8), UInt8(call & 255), UInt8(index >> 24), UInt8(index >> 16 & 255),
                UInt8(index >> 8 & 255), UInt8(index & 255),
            ]
            bytes += head + [UInt8](repeating: 0x55, count: 154)
        }
        return Array(Base64.text(bytes).utf8)
    }

    private func arrivals(
        _ path: inout FramePath, _ letters: [UInt8], at now: Int64
    ) -> [FrameLedger.Arrival] {
        var all: [FrameLedger.Arrival] = []
        letters.withUnsafeBytes {
            path.arrive($0, frameBytes: 160, of: Self.call, at: now) { all.append($0) }
        }
        return all
    }

    @Test func `frames are recognised, alone or several in one message`() {
        var path = FramePath()
        for time in 0..<4 { _ = path.send(at: Int64(time)) }
        #expect(arrivals(&path, letters(from: 0), at: 10) == [.after(10)])
        let three = arrivals(&path, letters(from: 1, frames: 3), at: 10)
        #expect(three == [.after(9), .after(8), .after(7)])
        #expect(path.settle() == 0)
    }

    @Test func `a frame of another call, part of a frame and noise are unexpected`() {
        var path = FramePath()
        _ = path.send(at: 0)
        #expect(arrivals(&path, letters(call: 259, from: 0), at: 1) == [.unexpected])
        #expect(arrivals(&path, Array(letters(from: 0).prefix(120)), at: 1) == [.unexpected])
        #expect(arrivals(&path, Array("????????".utf8), at: 1) == [.unexpected])
        #expect(arrivals(&path, [], at: 1) == [.unexpected])
        #expect(path.settle() == 1)
    }

    @Test func `converted frames are counted by their bytes, however they are cut`() {
        var path = FramePath()
        for time in 0..<3 { _ = path.send(at: Int64(time)) }
        var all: [FrameLedger.Arrival] = []
        for (bytes, now) in [(100, 10), (60, 20), (320, 30), (1, 40)] {
            let text = Array(Base64.text([UInt8](repeating: 0, count: bytes)).utf8)
            text.withUnsafeBytes {
                path.arrive($0, frameBytes: 160, at: Int64(now)) { all.append($0) }
            }
        }
        #expect(all == [.after(20), .after(29), .after(28)])
    }
}

struct FrameIdentityTests {
    @Test func `what is written is read`() {
        for (call, index) in [(0, 0), (1, 2), (65_535, 4_294_967_295), (256, 65_536)] {
            let identity = FrameIdentity(call: UInt16(call), index: UInt32(index))
            var letters = [UInt8](repeating: 0, count: FrameIdentity.letterCount)
            letters.withUnsafeMutableBytes { bytes in
                var writer = MessageWriter(bytes)
                identity.write(into: &writer)
                #expect(writer.count == FrameIdentity.letterCount)
            }
            let read = letters.withUnsafeBytes { FrameIdentity($0) }
            #expect(read == identity)
        }
    }
}
