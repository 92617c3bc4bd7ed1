import Wire

/// A response as libcurl tells it: line by line, then its body in pieces.
struct CurlResponse {
    /// Bytes of all header lines; a server that says more is not listened to. libcurl itself
    /// holds back a line until its end, and gives up at 100 KiB (CURL_MAX_HTTP_HEADER).
    static let headBytesMax = 64 << 10

    let bodyBytesMax: Int
    /// Who gets the body of a response that is no refusal; nil keeps it.
    private let take: (@Sendable ([UInt8]) -> Bool)?
    /// Why it was given up.
    private(set) var fault: HTTPClientError?
    private var fields: HTTPFields = [:]
    private var body: [UInt8] = []
    private var headBytes = 0
    private(set) var isHeadOver = false

    init(bodyBytesMax: Int, take: (@Sendable ([UInt8]) -> Bool)? = nil) {
        self.bodyBytesMax = bodyBytesMax
        self.take = take
    }

    /// One line of a head; false to give up.
    mutating func takeLine(_ line: UnsafeRawBufferPointer) -> Bool {
        headBytes += line.count
        guard headBytes <= Self.headBytesMax else {
            fault = .headTooLarge
            return false
        }
        let text = line.prefix { $0 != 0x0D && $0 != 0x0A }
        if text.starts(with: "HTTP/".utf8) {
            // An interim response may have come before.
            fields = [:]
            isHeadOver = false
        } else if text.isEmpty {
            isHeadOver = true
        } else if !isHeadOver, let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            // After the head come trailer fields, which nobody here asks for.
            let value = text[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            let end = value.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 }
            fields.append(
                String(decoding: text[..<colon], as: UTF8.self),
                String(decoding: value[..<(end ?? value.startIndex)], as: UTF8.self))
        }
        return true
    }

    /// A piece of the body; false to give up.
    mutating func takeBody(_ piece: UnsafeRawBufferPointer, status: Int) -> Bool {
        if let take, (200..<300).contains(status) { return take(Array(piece)) }
        guard piece.count <= bodyBytesMax - body.count else {
            fault = .tooLarge
            return false
        }
        body.append(contentsOf: piece)
        return true
    }

    func whole(status: Int) -> HTTPResponse {
        HTTPResponse(status: status, fields: fields, body: body)
    }
}
