/// Peers' words made fit for one log line.
enum LogText {
    private static let charactersMax = 200

    /// Control characters out, length bounded.
    static func safe(_ text: String) -> String {
        String(
            text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
                .prefix(charactersMax).map(Character.init))
    }
}
