// libFuzzer entry for forms; run.sh builds and runs it.
//
// A form that is read must read the same after it is encoded; so must a path segment.

import Wire

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzForm(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    if let form = try? Form(parsing: bytes) {
        let again = try? Form(parsing: form.bytes)
        precondition(again == form, "an encoded form reads otherwise")
        precondition(form.bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    }
    if let text = String(validating: bytes, as: UTF8.self) {
        let coded = PercentCoding.encoded(text)
        precondition(
            PercentCoding.decoded(coded[...]) == text, "an encoded segment reads otherwise")
        precondition(!coded.utf8.contains(UInt8(ascii: "/")))
    }
    return 0
}
