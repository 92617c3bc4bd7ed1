import Wire

/// One direction of one call: what was sent, and what arrives in whatever pieces.
package struct FramePath: Sendable {
    package private(set) var ledger = FrameLedger()
    /// Bytes that arrived of a frame that is not whole yet.
    private var bytesBegun = 0

    package init() {}

    /// Books a frame; returns its number.
    package mutating func send(at now: Int64) -> UInt32 { ledger.send(at: now) }

    /// Takes audio whose frames bear their identity, and tells of each frame; `call` is whose they
    /// must be. A piece that holds part of a frame is unexpected: it cannot be told whose it is.
    package mutating func arrive(
        _ letters: UnsafeRawBufferPointer, frameBytes: Int, of call: UInt16, at now: Int64,
        _ tell: (FrameLedger.Arrival) -> Void
    ) {
        let bytes = Base64.decodedCount(letters) ?? 0
        guard let identity = FrameIdentity(letters), identity.call == call, bytes > 0,
            bytes % frameBytes == 0
        else { return tell(.unexpected) }
        for frame in 0..<UInt32(bytes / frameBytes) {
            tell(ledger.receive(identity.index &+ frame, at: now))
        }
    }

    /// Takes audio that was converted on the way: frames are counted by their bytes.
    package mutating func arrive(
        _ letters: UnsafeRawBufferPointer, frameBytes: Int, at now: Int64,
        _ tell: (FrameLedger.Arrival) -> Void
    ) {
        bytesBegun += Base64.decodedCount(letters) ?? 0
        while bytesBegun >= frameBytes {
            bytesBegun -= frameBytes
            tell(ledger.receiveNext(at: now))
        }
    }

    /// Nothing more will come of what was sent; returns the frames lost since the last time.
    package mutating func settle() -> Int {
        bytesBegun = 0
        return ledger.settle()
    }
}
