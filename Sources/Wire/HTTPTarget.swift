/// What a request line asks for (RFC 9112 section 3.2).
///
///     /path?query               origin-form
///     http://host:port/path     absolute-form, as to a proxy: its authority counts, not Host
///     *                         asterisk-form: OPTIONS of the server itself
///
/// The fourth, authority-form, belongs to CONNECT, which is not served.
struct HTTPTarget: Sendable, Equatable {
    private enum Form: Sendable, Equatable {
        case origin, asterisk
        /// Where in the target the authority stands.
        case absolute(authority: Range<Int>)
    }

    /// What nearly every request has.
    static let path = HTTPTarget(form: .origin)

    private let form: Form

    private init(form: Form) { self.form = form }

    /// Checks a target, byte for byte.
    init(_ target: UnsafeRawBufferPointer, method: String) throws(HTTPFailure) {
        guard target.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw HTTPFailure(400, "the target has a forbidden byte")
        }
        if target.first == UInt8(ascii: "/") {
            form = .origin
        } else if method == "OPTIONS", target.elementsEqual("*".utf8) {
            form = .asterisk
        } else {
            form = .absolute(authority: try Self.authority(target))
        }
    }

    /// Path and query, or `*`, of the target that was checked, and the authority that it names.
    func read(_ target: UnsafeRawBufferPointer, method: String) -> (String, authority: String?) {
        guard case .absolute(let authority) = form else { return (Self.text(target[...]), nil) }
        let rest = Self.text(target[authority.upperBound...])
        return (
            // Without a path OPTIONS asks the server itself (section 3.2.4).
            rest.isEmpty && method == "OPTIONS" ? "*" : rest.hasPrefix("/") ? rest : "/" + rest,
            Self.text(target[authority])
        )
    }

    /// The authority of an http or https address, without a user's name.
    private static func authority(
        _ target: UnsafeRawBufferPointer
    ) throws(HTTPFailure) -> Range<Int> {
        guard let colon = target.firstIndex(of: UInt8(ascii: ":")),
            target[colon...].starts(with: "://".utf8),
            ["http", "https"].contains(text(target[..<colon]).lowercased())
        else { throw HTTPFailure(400, "the target is neither a path nor an http address") }
        let start = colon + 3
        let end = target[start...].firstIndex { "/?".utf8.contains($0) } ?? target.count
        guard HTTPToken.isHost(UnsafeRawBufferPointer(rebasing: target[start..<end])) else {
            throw HTTPFailure(400, "the target's host is malformed")
        }
        return start..<end
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
