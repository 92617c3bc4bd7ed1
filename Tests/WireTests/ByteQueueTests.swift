import TestDice
import Testing

@testable import Wire

@Suite struct ByteQueueTests {
    private func append(_ bytes: [UInt8], to queue: inout ByteQueue) -> Bool {
        bytes.withUnsafeBytes { queue.append($0) }
    }

    private func bytes(_ queue: ByteQueue) -> [UInt8] {
        var queue = queue
        return queue.withBytes { Array($0) }
    }

    @Test func `bytes leave in the order they came`() {
        var queue = ByteQueue(bytesMax: 100)
        #expect(append([1, 2, 3], to: &queue))
        #expect(append([4, 5], to: &queue))
        queue.removeFirst(2)
        #expect(bytes(queue) == [3, 4, 5])
        #expect(append([6], to: &queue))
        #expect(bytes(queue) == [3, 4, 5, 6])
        #expect(queue.count == 4)
        queue.removeFirst(4)
        #expect(queue.isEmpty)
        #expect(queue == ByteQueue(bytesMax: 100))
    }

    @Test func `what does not fit is refused whole`() {
        var queue = ByteQueue(bytesMax: 4)
        #expect(append([1, 2, 3], to: &queue))
        #expect(!append([4, 5], to: &queue))
        #expect(bytes(queue) == [1, 2, 3])
        #expect(append([4], to: &queue))
        #expect(append([], to: &queue))
        queue.removeFirst(1)
        #expect(append([5], to: &queue))
        #expect(bytes(queue) == [2, 3, 4, 5])
    }

    @Test func `equality looks at what waits, not at what has gone`() {
        var one = ByteQueue(bytesMax: 10)
        var two = ByteQueue(bytesMax: 10)
        _ = append([1, 2, 3], to: &one)
        one.removeFirst(1)
        _ = append([2, 3], to: &two)
        #expect(one == two)
        two.removeFirst(1)
        #expect(one != two)
    }

    @Test func `random traffic equals a plain array`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("byte queue: seed \(seed)")
        var dice = Dice(seed: seed)
        var queue = ByteQueue(bytesMax: 300)
        var plain: [UInt8] = []
        for round in 0..<3_000 {
            if Bool.random(using: &dice) {
                let piece = (0..<Int.random(in: 0...90, using: &dice)).map { _ in
                    UInt8(truncatingIfNeeded: dice.next())
                }
                let fits = plain.count + piece.count <= 300
                #expect(append(piece, to: &queue) == fits)
                if fits { plain += piece }
            } else {
                let count = Int.random(in: 0...plain.count, using: &dice)
                queue.removeFirst(count)
                plain.removeFirst(count)
            }
            guard bytes(queue) == plain, queue.count == plain.count else {
                Issue.record("seed \(seed), round \(round)")
                return
            }
        }
    }
}
