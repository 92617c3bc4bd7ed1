import CUV
import Wire

// What the connection writes down, around its system calls.
extension StreamPage {
    /// Bytes are about to be read into `inbound`.
    @inline(__always)
    func willRead() {
        guard !isCounted else { return }
        notedBytes = 0
        self[.received] |= Self.underWay
    }

    /// recv(2) into `inbound`; on a socket whose bytes it does not count, the kernel notes them.
    @inline(__always)
    func receive(from descriptor: Int32) -> Int {
        isCounted
            ? cuv_receive(descriptor, inbound.baseAddress, inbound.count)
            : cuv_receive_noted(descriptor, inbound.baseAddress, inbound.count, note)
    }

    /// So many were read.
    @inline(__always)
    func didRead(_ count: Int) {
        self[.received] = (self[.received] & ~Self.underWay) + UInt64(count)
    }

    /// The machine has taken all that was read, and stands as it does now.
    @inline(__always)
    func settle(_ machine: borrowing WebSocketMachine) {
        let received = self[.received]
        if machine.isBetweenMessages {
            self[.settled] = Settled(position: received).word
        } else {
            settle(received, machine.snapshot)
        }
    }

    private func settle(_ received: UInt64, _ snapshot: [UInt8]) {
        var settled = Settled(word: self[.settled])
        settled.position = received
        if snapshot.count <= Self.snapshotBytes {
            settled.slot = 1 - settled.slot
            settled.snapshotBytes = snapshot.count
            snapshotSlot(settled.slot).copyBytes(from: snapshot)
        } else {
            settled.snapshotBytes = Settled.tooLarge
        }
        self[.settled] = settled.word
    }

    /// A whole frame is about to be sent, or to wait behind others.
    @inline(__always)
    func add(_ frame: UnsafeRawBufferPointer) {
        let end = self[.outEnd]
        let isEmpty = self[.written] == end && !isOverfull
        let offset = isEmpty ? 0 : Int(end &- self[.outStart])
        guard !isOverfull, offset + frame.count <= Self.outboundBytes else {
            isOverfull = true
            return
        }
        UnsafeMutableRawBufferPointer(rebasing: outbound[offset...]).copyMemory(from: frame)
        if isEmpty { self[.outStart] = end }
        self[.outEnd] = end + UInt64(frame.count)
    }

    /// The kernel is about to be given bytes.
    @inline(__always)
    func willWrite() {
        if !isCounted { self[.written] |= Self.underWay }
    }

    /// It took so many.
    @inline(__always)
    func didWrite(_ count: Int) {
        self[.written] = (self[.written] & ~Self.underWay) + UInt64(count)
    }

    /// Nothing waits to be sent.
    @inline(__always)
    func drained() {
        guard isOverfull else { return }
        self[.outStart] = self[.written]
        self[.outEnd] = self[.written]
        isOverfull = false
    }
}
