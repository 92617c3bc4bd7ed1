import Glibc

/// What a Twilio identifier names, and the two letters that say so.
package protocol TwilioResource: Sendable {
    /// The capital letters every identifier of this kind begins with.
    static var prefix: StaticString { get }
}

/// A Twilio identifier whose shape was checked: two capital letters and 32 hexadecimal digits.
///
/// Because nothing else gets in, its text may stand unescaped in JSON, in XML and in a path.
package struct TwilioSID<Resource: TwilioResource>: Hashable, Sendable {
    /// The 34 characters as Twilio wrote them.
    package let text: String

    /// Nil when the text has another prefix, length or alphabet.
    package init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        let prefix = UnsafeBufferPointer(
            start: Resource.prefix.utf8Start, count: Resource.prefix.utf8CodeUnitCount)
        guard bytes.count == prefix.count + 32, bytes.starts(with: prefix),
            bytes.dropFirst(prefix.count).allSatisfy(isHexDigit)
        else { return nil }
        self.text = String(text)
    }
}

extension TwilioSID {
    /// True when these bytes are the identifier (memcmp); allocates nothing.
    func isSpelled(by bytes: UnsafeRawBufferPointer) -> Bool {
        let isSame = text.utf8.withContiguousStorageIfAvailable { own in
            guard own.count == bytes.count, let a = own.baseAddress, let b = bytes.baseAddress
            else { return false }
            return memcmp(a, b, own.count) == 0
        }
        return isSame ?? text.utf8.elementsEqual(bytes)
    }
}

extension TwilioSID: CustomStringConvertible {
    package var description: String { text }
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
}

/// The kind behind `AccountSID`.
package enum AccountResource: TwilioResource { package static let prefix: StaticString = "AC" }
/// The kind behind `CallSID`.
package enum CallResource: TwilioResource { package static let prefix: StaticString = "CA" }
/// The kind behind `StreamSID`.
package enum StreamResource: TwilioResource { package static let prefix: StaticString = "MZ" }

/// An account or subaccount, `AC…`.
package typealias AccountSID = TwilioSID<AccountResource>
/// One leg of a call, `CA…`.
package typealias CallSID = TwilioSID<CallResource>
/// One media stream of a call, `MZ…`.
package typealias StreamSID = TwilioSID<StreamResource>
