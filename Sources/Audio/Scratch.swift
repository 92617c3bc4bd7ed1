/// Memory with one owner: aligned for vectors, zero at first, freed with its owner.
struct Scratch: ~Copyable {
    let bytes: UnsafeMutableRawBufferPointer
    private let base: UnsafeMutableRawPointer

    init(byteCount: Int) {
        base = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
        bytes = UnsafeMutableRawBufferPointer(start: base, count: byteCount)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        base.deallocate()
    }
}
