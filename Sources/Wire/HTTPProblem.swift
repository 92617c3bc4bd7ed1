extension HTTPResponse {
    /// An HTTP error as its reader gets it: `application/problem+json` (RFC 9457 section 3).
    ///
    /// `title` is the same for every problem of a kind, and the status's own phrase unless given;
    /// `detail` says what was wrong this time, and is left out when there is nothing to add;
    /// `more` are members for programs (section 3.2).
    package static func problem(
        status: Int, title: String? = nil, detail: String? = nil, more: [JSON.Member] = [],
        fields: HTTPFields = [:]
    ) -> HTTPResponse {
        var members: [JSON.Member] = [
            .init("type", "about:blank"),
            .init("title", .string(title ?? HTTPWriter.phrase(status))),
            .init("status", .integer(Int64(status))),
        ]
        if let detail { members.append(.init("detail", .string(detail))) }
        members += more
        var response = HTTPResponse(
            status: status, fields: fields,
            body: JSON.object(members).bytes + [UInt8(ascii: "\n")])
        response.fields["Content-Type"] = "application/problem+json"
        return response
    }
}
