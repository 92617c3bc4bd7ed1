package import Wire

/// An HTTP error as its reader gets it: `application/problem+json` (RFC 9457).
package struct Problem: Error, Sendable, Equatable {
    package var status: Int
    /// What kind of problem it is, the same for each of its kind.
    package var title: String
    /// What was wrong this time and what is expected; never echoes a secret.
    package var detail: String
    /// Members for programs, besides the sentences for people.
    package var more: [JSON.Member] = []
    /// Further fields of the response, such as `Allow`.
    package var fields: HTTPFields

    package init(_ status: Int, _ title: String, _ detail: String, fields: HTTPFields = [:]) {
        self.status = status
        self.title = title
        self.detail = detail
        self.fields = fields
    }

    /// 404 for a path nobody serves.
    package static func noSuchPath(_ path: Substring) -> Problem {
        Problem(404, "Not found", "nothing is served at \(path)")
    }

    /// 403 for a caller who could not prove itself; says no more than that.
    package static func forbidden(_ detail: String) -> Problem {
        Problem(403, "Forbidden", detail)
    }

    /// 400 for a body or parameter that is not what it must be.
    package static func badRequest(_ detail: String) -> Problem {
        Problem(400, "Bad request", detail)
    }

    /// The problem as a response.
    package var response: HTTPResponse {
        .problem(status: status, title: title, detail: detail, more: more, fields: fields)
    }
}
