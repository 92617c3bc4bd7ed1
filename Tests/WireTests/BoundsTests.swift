import Glibc
import Testing

@testable import Wire

/// Bytes whose last one is the last of a readable page: a look beyond ends the process.
func atPageEnd(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Void) {
    let page = Int(getpagesize())
    guard
        let base = mmap(
            nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
        base != MAP_FAILED
    else { return }
    defer { munmap(base, 2 * page) }
    guard mprotect(base + page, page, PROT_NONE) == 0 else { return }
    let place = base + (page - bytes.count)
    place.copyMemory(from: bytes, byteCount: bytes.count)
    body(UnsafeRawBufferPointer(start: place, count: bytes.count))
}

struct BoundsTests {
    @Test func `base64 looks at no byte beyond its input`() {
        var target = [UInt8](repeating: 0, count: 256)
        for count in 0...100 {
            var sizes: [Int] = []
            atPageEnd([UInt8](repeating: UInt8(ascii: "A"), count: count)) { bytes in
                target.withUnsafeMutableBytes { target in
                    sizes.append(Base64.encode(bytes, into: target))
                    if let size = Base64.decode(bytes, into: target) { sizes.append(size) }
                }
            }
            #expect(sizes.count == (count % 4 == 0 ? 2 : 1))
        }
    }

    @Test func `base64 stores no byte beyond what it makes`() {
        for count in 0...100 {
            let bytes = [UInt8](repeating: 7, count: count)
            let text = Array(Base64.text(bytes).utf8)
            var isSame = false
            atPageEnd([UInt8](repeating: 0, count: count)) { page in
                let target = UnsafeMutableRawBufferPointer(mutating: page)
                isSame =
                    text.withUnsafeBytes { Base64.decode($0, into: target) } == count
                    && page.elementsEqual(bytes)
            }
            #expect(isSame)
        }
    }

    @Test func `no JSON reader looks beyond its input`() {
        for sample in ShapeScannerTests.samples + ["{\"a\":[true,1.5,\"\\u00e9é\"],\"b\":12}"] {
            let bytes = Array(sample.utf8)
            for count in 0...bytes.count {
                var isWhole = false
                atPageEnd(Array(bytes.prefix(count))) { bytes in
                    var scanner = ShapeScanner(bytes)
                    scanner.skip()
                    isWhole = scanner.isWhole && Wanted(scanning: bytes) != nil
                    #expect(isWhole == ((try? JSON(parsing: bytes)) != nil))
                }
                #expect(isWhole == (count == bytes.count))
            }
        }
    }
}
