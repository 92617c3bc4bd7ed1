import Wire

/// A request's JSON object, read member by member; what is wrong is said by name.
package struct JSONBody: Sendable {
    private let object: JSON

    /// Of a request. The content type is not looked at: scripts forget it, and nothing else is
    /// taken here.
    init(_ exchange: Exchange) throws(Problem) { try self.init(parsing: exchange.request.body) }

    /// 400 unless the body is one JSON object.
    package init(parsing body: [UInt8]) throws(Problem) {
        guard let object = try? JSON(parsing: body), object.members != nil else {
            throw .badRequest("the body is not a JSON object")
        }
        self.object = object
    }

    /// A member that may be missing or null.
    func value(_ name: String) -> JSON? {
        guard let value = object[name], value != .null else { return nil }
        return value
    }

    /// A text of 1 to `charactersMax` characters without control characters but line breaks.
    func text(_ name: String, charactersMax: Int) throws(Problem) -> String {
        guard let text = try textIfAny(name, charactersMax: charactersMax) else {
            throw .unusable("\(name) is missing")
        }
        return text
    }

    /// The same, or nothing.
    func textIfAny(_ name: String, charactersMax: Int) throws(Problem) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.text else { throw .unusable("\(name) is not a string") }
        guard !text.isEmpty else { throw .unusable("\(name) is empty") }
        guard text.count <= charactersMax else {
            throw .unusable("\(name) has more than \(charactersMax) characters")
        }
        let isReadable = text.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\t"
        }
        guard isReadable else { throw .unusable("\(name) has control characters") }
        return text
    }
}

extension Problem {
    /// 422 for a member of the body that is not what it must be.
    static func unusable(_ detail: String) -> Problem {
        Problem(422, "Unusable request", detail)
    }
}

extension HTTPResponse {
    /// JSON that people may read with curl, never kept by a cache.
    static func readable(
        _ status: Int, _ value: JSON, fields: HTTPFields = [:]
    ) -> HTTPResponse {
        var fields = fields
        fields["Content-Type"] = "application/json"
        fields["Cache-Control"] = "no-store"
        return HTTPResponse(
            status: status, fields: fields, body: Array((value.readable + "\n").utf8))
    }
}
