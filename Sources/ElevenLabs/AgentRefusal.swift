import Wire

/// Why the service's REST interface did not give what was asked (API reference, "errors").
package struct AgentRefusal: Error, Sendable, Equatable {
    /// What the status and the vendor's own word for it mean.
    package enum Meaning: Sendable, Equatable {
        /// The key is wrong, or may not do this.
        case unauthorized
        /// The account's credits are used up.
        case quotaExceeded
        /// No such agent or conversation in the workspace and region of the key.
        case notFound
        /// We asked in a way the service does not understand.
        case invalid
        /// One conversation more than the plan allows, or the service is busy.
        case tooMany
        /// The service failed.
        case unavailable
        /// The answer was no error, but not what was asked for either.
        case unreadable
    }

    /// What the status and its word mean.
    package var meaning: Meaning
    /// The answer's HTTP status.
    package var status: Int
    /// The vendor's word, such as `document_not_found`; empty when it said none.
    package var word: String
    /// The vendor's sentence for people, cut to `messageCharactersMax`.
    package var message: String

    /// A log line is no place for a page of HTML.
    package static let messageCharactersMax = 300

    /// Reads a refusal from an answer and its body, which is nil when it is no JSON.
    init(_ response: HTTPResponse, _ body: JSON?) {
        let detail = body?["detail"] ?? .null
        let first = detail.elements?.first
        status = response.status
        word =
            detail["status"]?.text ?? detail["code"]?.text ?? detail["type"]?.text
            ?? first?["type"]?.text ?? ""
        let text =
            detail["message"]?.text ?? detail.text ?? Self.complaint(first)
            ?? body?["message"]?.text ?? ""
        message = String(text.prefix(Self.messageCharactersMax))
        meaning = Meaning(status: response.status, word: word)
    }

    /// An answer that should have been usable.
    init(unreadable response: HTTPResponse, _ message: String) {
        meaning = .unreadable
        status = response.status
        word = ""
        self.message = message
    }

    /// The first of a list of schema errors: where it lies and what is wrong there.
    private static func complaint(_ error: JSON?) -> String? {
        guard let words = error?["msg"]?.text else { return nil }
        let place = (error?["loc"]?.elements ?? []).compactMap(\.text).joined(separator: ".")
        return place.isEmpty ? words : "\(place): \(words)"
    }
}

extension AgentRefusal: CustomStringConvertible {
    /// For the log: the status, and the vendor's own word and sentence where it said them.
    package var description: String {
        let words = [word, message].filter { !$0.isEmpty }.joined(separator: ": ")
        return "answered \(status)" + (words.isEmpty ? "" : ", \(words)")
    }
}

extension AgentRefusal.Meaning {
    fileprivate init(status: Int, word: String) {
        switch (status, word) {
        case (_, "quota_exceeded"): self = .quotaExceeded
        case (401, _), (403, _): self = .unauthorized
        case (404, _): self = .notFound
        case (429, _): self = .tooMany
        case (400..<500, _): self = .invalid
        case (500..., _): self = .unavailable
        default: self = .unreadable
        }
    }
}
