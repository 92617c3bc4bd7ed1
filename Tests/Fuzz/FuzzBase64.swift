// libFuzzer entry for base64; run.sh builds and runs it.
//
// Any bytes come back from their text, any text that decodes comes back from its bytes, and
// OpenSSL writes the same text. Targets have their exact size, so that a store beyond is seen.

import COpenSSL
import Wire

private func encoded(_ bytes: [UInt8]) -> [UInt8] {
    var text = [UInt8](repeating: 0, count: Base64.encodedCount(bytes.count))
    bytes.withUnsafeBytes { bytes in
        _ = text.withUnsafeMutableBytes { Base64.encode(bytes, into: $0) }
    }
    return text
}

private func decoded(_ text: [UInt8]) -> [UInt8]? {
    text.withUnsafeBytes { text -> [UInt8]? in
        guard let size = Base64.decodedCount(text) else { return nil }
        var bytes = [UInt8](repeating: 0, count: size)
        let count = bytes.withUnsafeMutableBytes { Base64.decode(text, into: $0) }
        return count == nil ? nil : bytes
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
func fuzzBase64(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let text = encoded(bytes)
    precondition(decoded(text) == bytes, "bytes do not come back")
    var oracle = [UInt8](repeating: 0, count: text.count + 1)
    let size = EVP_EncodeBlock(&oracle, bytes, CInt(count))
    precondition(oracle.prefix(Int(size)).elementsEqual(text), "OpenSSL writes another text")
    if let plain = decoded(bytes) {
        precondition(encoded(plain) == bytes, "a text does not come back")
    }
    return 0
}
