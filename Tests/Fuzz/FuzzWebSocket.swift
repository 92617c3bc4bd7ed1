// libFuzzer entry for the WebSocket machine; run.sh builds and runs it.
//
// The first bytes choose role, limit and cuts, the rest is the stream. Whatever it is, the machine
// must not crash, and pieces, stops and a change of machine in mid-stream must say the same.

import Wire

/// What a machine said, put into one number (FNV-1a), and how often it spoke.
private struct Transcript: Equatable {
    var events = 0
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ event: WebSocketEvent) {
        events += 1
        switch event {
        case .text(let bytes): add(1, bytes)
        case .binary(let bytes): add(2, bytes)
        case .ping(let bytes): add(3, bytes)
        case .pong(let bytes): add(4, bytes)
        case .close(let code, let reason): add(5, code, reason)
        case .violation(let code, let reason): add(6, code, reason)
        }
    }

    private mutating func add(_ kind: UInt8, _ code: UInt16, _ reason: String) {
        var text = "\(code) \(reason)"
        text.withUTF8 { add(kind, UnsafeRawBufferPointer($0)) }
    }

    private mutating func add(_ kind: UInt8, _ bytes: UnsafeRawBufferPointer) {
        hash = (hash ^ UInt64(kind)) &* 0x100_0000_01B3
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ UInt64(bytes.count)) &* 0x100_0000_01B3
    }
}

/// Reads the stream in pieces of one size (0: whole), stopping after every event or never, and
/// going on with a new machine made of a snapshot after every piece or never.
private func read(
    _ stream: [UInt8], by first: WebSocketMachine, pieces: Int, stops: Bool, changes: Bool
) -> (WebSocketMachine, Transcript) {
    var machine = first
    var said = Transcript()
    var start = 0
    while start < stream.count {
        let end = pieces == 0 ? stream.count : min(start + pieces, stream.count)
        var piece = Array(stream[start..<end])
        piece.withUnsafeMutableBytes { bytes in
            machine.receive(bytes) {
                said.add($0)
                return !stops
            }
        }
        while machine.isStopped {
            machine.resume {
                said.add($0)
                return !stops
            }
        }
        if changes {
            guard let successor = WebSocketMachine(snapshot: machine.snapshot) else {
                preconditionFailure("a snapshot that makes no machine")
            }
            precondition(successor == machine, "a successor that is another machine")
            machine = successor
        }
        start = end
    }
    return (machine, said)
}

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzWebSocket(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count >= 3 else { return 0 }
    let stream = Array(UnsafeBufferPointer(start: data + 3, count: count - 3))
    let machine = WebSocketMachine(
        role: data[0] & 1 == 0 ? .client : .server, messageBytesMax: Int(data[1]) * 8)
    let pieces = 1 + Int(data[2])
    let whole = read(stream, by: machine, pieces: 0, stops: false, changes: false)
    precondition(whole == read(stream, by: machine, pieces: 1, stops: false, changes: false))
    precondition(whole == read(stream, by: machine, pieces: pieces, stops: true, changes: false))
    precondition(whole == read(stream, by: machine, pieces: pieces, stops: false, changes: true))

    // The input as a snapshot: refused, or a machine that gives the same snapshot's meaning again.
    if let restored = WebSocketMachine(snapshot: stream) {
        precondition(WebSocketMachine(snapshot: restored.snapshot) == restored)
    }
    return 0
}
