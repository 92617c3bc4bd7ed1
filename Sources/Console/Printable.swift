extension String {
    /// A stranger's text as a person is shown it: its first `max` characters, `?` for those that
    /// do not print, and a sign that there is more.
    package init(printable text: String, max: Int) {
        let start = text.unicodeScalars.prefix(max).map { $0.properties.isPrintable ? $0 : "?" }
        let isAll = text.unicodeScalars.count <= max
        self = String(String.UnicodeScalarView(start)) + (isAll ? "" : "…")
    }
}

extension Unicode.Scalar.Properties {
    /// False for what moves the cursor, or turns the text around it.
    var isPrintable: Bool { generalCategory != .control && generalCategory != .format }
}
