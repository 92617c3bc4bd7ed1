// libFuzzer entry for time zone files.
//
// Whatever the bytes are: no crash, at no moment; an offset is at most a day and a bit.

import Switchboard

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzZoneFile(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    // The bytes as a whole file, and as the rule of one.
    for file in [bytes, ruleAlone(bytes)] {
        guard let zone = ZoneFile(file) else { continue }
        for moment in [0, -8_000_000_000, 1_774_746_000, 4_000_000_000, 200_000_000_000] {
            precondition(abs(zone.offset(at: moment)) <= 93_600)
        }
    }
    return 0
}

private func ruleAlone(_ rule: [UInt8]) -> [UInt8] {
    let head = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 34) + [1, 0, 0, 0, 0]
    return head + [0, 0, 0, 0, 0, 0] + head + [0, 0, 0, 0, 0, 0, 0x0A] + rule + [0x0A]
}
