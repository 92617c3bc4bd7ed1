/// The strict look at a head before http-parser sees it.
///
/// http-parser 2.9 lets pass a space before the colon, folded fields and bare LF. Such leniency,
/// different in each proxy, is what request smuggling lives on; so a head is refused here unless
/// there is one way only to read it. The scanner has already seen to line ends and bytes.
struct HTTPPreCheck {
    /// The methods we serve; any other is answered with 501 (RFC 9110 section 9.1).
    static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    private(set) var method = ""
    private(set) var target = HTTPTarget.path
    private var minorVersion = 1
    private var hosts = 0
    private var lengths = 0
    private var codings = 0
    private(set) var expectsContinue = false

    /// Checks a whole request head, its closing empty line included.
    init(request head: UnsafeRawBufferPointer) throws(HTTPFailure) {
        var lines = HTTPLines(head)
        try checkRequestLine(lines.next() ?? head)
        while let line = lines.next() { try checkField(line, isRequest: true) }
        guard hosts == 1 || (hosts == 0 && minorVersion == 0) else {
            throw HTTPFailure(400, "a request has exactly one Host")
        }
        guard codings == 0 || minorVersion == 1 else {
            throw HTTPFailure(400, "HTTP/1.0 has no transfer codings")
        }
        try checkFraming()
        if minorVersion == 0 { expectsContinue = false }
    }

    /// Checks a whole response head, its closing empty line included.
    init(response head: UnsafeRawBufferPointer) throws(HTTPFailure) {
        var lines = HTTPLines(head)
        try checkStatusLine(lines.next() ?? head)
        while let line = lines.next() { try checkField(line, isRequest: false) }
        try checkFraming()
    }

    private func checkFraming() throws(HTTPFailure) {
        guard lengths + codings <= 1 else {
            throw HTTPFailure(400, "the body's length is told more than once")
        }
    }

    /// method SP target SP version (RFC 9112 section 3), single spaces.
    private mutating func checkRequestLine(_ line: UnsafeRawBufferPointer) throws(HTTPFailure) {
        let malformed = HTTPFailure(400, "the request line is malformed")
        guard let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20),
            first > 0, first < last
        else { throw malformed }
        let method = line[..<first]
        guard method.allSatisfy(HTTPToken.isToken) else { throw malformed }
        minorVersion = try Self.minorVersion(line[(last + 1)...], malformed)
        self.method = String(decoding: method, as: UTF8.self)
        guard Self.methods.contains(self.method) else {
            throw HTTPFailure(501, "the method is not served")
        }
        target = try HTTPTarget(
            UnsafeRawBufferPointer(rebasing: line[(first + 1)..<last]), method: self.method)
    }

    /// version SP code [SP reason] (RFC 9112 section 4); a missing last space is let pass.
    private mutating func checkStatusLine(_ line: UnsafeRawBufferPointer) throws(HTTPFailure) {
        let malformed = HTTPFailure(400, "the status line is malformed")
        guard line.count >= 12, line[8] == 0x20 else { throw malformed }
        minorVersion = try Self.minorVersion(line[..<8], malformed)
        let code = line[9..<12]
        guard code.allSatisfy(HTTPToken.isDigit), line.count == 12 || line[12] == 0x20,
            code.first.map({ $0 >= UInt8(ascii: "1") && $0 <= UInt8(ascii: "5") }) == true
        else { throw malformed }
    }

    private static func minorVersion(
        _ text: Slice<UnsafeRawBufferPointer>, _ malformed: HTTPFailure
    ) throws(HTTPFailure) -> Int {
        if text.elementsEqual("HTTP/1.1".utf8) { return 1 }
        if text.elementsEqual("HTTP/1.0".utf8) { return 0 }
        guard text.count == 8, text.starts(with: "HTTP/".utf8),
            HTTPToken.isDigit(text[text.startIndex + 5]),
            text[text.startIndex + 6] == UInt8(ascii: "."),
            HTTPToken.isDigit(text[text.startIndex + 7])
        else { throw malformed }
        throw HTTPFailure(505, "the version is neither HTTP/1.1 nor HTTP/1.0")
    }

    /// name ":" OWS value OWS (RFC 9112 section 5), no space before the colon.
    private mutating func checkField(
        _ line: UnsafeRawBufferPointer, isRequest: Bool
    ) throws(HTTPFailure) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            line[..<colon].allSatisfy(HTTPToken.isToken)
        else { throw HTTPFailure(400, "a field's name is malformed") }
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        let value = HTTPToken.trimmed(UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]))
        if HTTPToken.same(name, "content-length") {
            lengths += 1
            try Self.checkLength(value)
        } else if HTTPToken.same(name, "transfer-encoding") {
            codings += 1
            try Self.checkCoding(value)
        } else if isRequest, HTTPToken.same(name, "host") {
            hosts += 1
            guard HTTPToken.isHost(value) else {
                throw HTTPFailure(400, "the Host is malformed")
            }
        } else if isRequest, HTTPToken.same(name, "expect") {
            guard HTTPToken.same(value, "100-continue") else {
                throw HTTPFailure(417, "the expectation is not 100-continue")
            }
            expectsContinue = true
        }
    }

    /// Digits only, and few enough for an Int64 (RFC 9112 section 6.2).
    private static func checkLength(_ value: UnsafeRawBufferPointer) throws(HTTPFailure) {
        guard !value.isEmpty, value.allSatisfy(HTTPToken.isDigit) else {
            throw HTTPFailure(400, "the Content-Length is malformed")
        }
        guard value.count <= 18 else {
            throw HTTPFailure(413, "the Content-Length is beyond any limit")
        }
    }

    /// `chunked` and nothing else (RFC 9112 section 6.1): 501 for other codings before it.
    private static func checkCoding(_ value: UnsafeRawBufferPointer) throws(HTTPFailure) {
        if HTTPToken.same(value, "chunked") { return }
        let last = value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).last
        let final = last.map { HTTPToken.trimmed(UnsafeRawBufferPointer(rebasing: $0)) }
        guard let final, HTTPToken.same(final, "chunked") else {
            throw HTTPFailure(400, "the last transfer coding is not chunked")
        }
        throw HTTPFailure(501, "the transfer coding is not served")
    }
}
