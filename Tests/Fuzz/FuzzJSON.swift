// libFuzzer entry for the JSON readers; run.sh builds and runs it.
//
// What the scanner takes the full reader must take with the same meaning, and what the full
// reader takes it must read the same after writing it.

import Wire

private struct Found: Equatable {
    var text: String?
    var integer: Int64?
    var inner: String?

    init?(scanning bytes: UnsafeRawBufferPointer) {
        var scanner = ShapeScanner(bytes)
        var text: ShapeText?
        var integer: ShapeText?
        var inner: ShapeText?
        var seen = false
        scanner.enter()
        while let name = scanner.next() {
            if name == "t" {
                scanner.text(into: &text)
            } else if name == "i" {
                scanner.integer(into: &integer)
            } else if name == "o" {
                scanner.enter(once: &seen)
                while let name = scanner.next() {
                    if name == "t" { scanner.text(into: &inner) } else { scanner.skip() }
                }
            } else {
                scanner.skip()
            }
        }
        guard scanner.isWhole else { return nil }
        self.text = text?.string
        self.integer = integer?.integer
        self.inner = inner?.string
    }

    init(_ json: JSON) {
        text = json["t"]?.text
        if case .integer(let value)? = json["i"] { integer = value }
        inner = json["o"]?["t"]?.text
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzJSON(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: count)
    let full = try? JSON(parsing: bytes)
    var scanner = ShapeScanner(bytes)
    scanner.skip()
    precondition(!scanner.isWhole || full != nil, "the skipper takes what is no JSON")
    if let found = Found(scanning: bytes) {
        precondition(full.map(Found.init) == found, "the scanner reads another meaning")
    }
    if let full {
        let again = try? JSON(parsing: full.bytes)
        precondition(again == full, "what is written reads otherwise")
    }
    return 0
}
