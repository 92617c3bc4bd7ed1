extension JSON {
    /// The text with a blank after each colon and comma, for answers that people read with curl.
    package var readable: String {
        switch self {
        case .array(let elements):
            "[" + elements.map(\.readable).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.map { JSON.string($0.name).serialized + ": " + $0.value.readable }
                .joined(separator: ", ") + "}"
        default: serialized
        }
    }
}
