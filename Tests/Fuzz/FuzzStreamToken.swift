// Any text as a stream's token: what we did not write opens nothing, and what we wrote opens one
// stream, however it is spelled.
import Calls
import Twilio

private let key = Array("a key of at least 16 bytes".utf8)
private let now = Duration.seconds(1_000)

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzStreamToken(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: data, count: count)
    guard let call = CallSID("CA00000000000000000000000000000001") else { return 0 }
    // What is spent goes with the input: libFuzzer takes what grows for a leak, and looks for it.
    let book = TicketBook(key: key)
    func opens(_ text: String) -> Bool {
        (try? book.redeem(text, for: call, wallClock: now)) != nil
    }
    precondition(!opens(String(decoding: input, as: UTF8.self)))

    let token = book.issue(for: call, wallClock: now).text
    var changed = Array(token.utf8)
    for (place, byte) in zip(input, input.dropFirst()).prefix(2) {
        changed[Int(place) % changed.count] = byte
    }
    let isSame = opens(String(decoding: changed, as: UTF8.self))
    precondition(opens(token) == !isSame && !opens(token))
    return 0
}
