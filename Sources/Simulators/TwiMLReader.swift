import Wire

/// Reads what a voice webhook answered, as strictly as Twilio does and a little more.
///
/// Names are case sensitive. A document that is no XML or has another root is thrown (121xx);
/// a deviation inside becomes an entry beside the script and the rest still runs (12200).
package struct TwiMLReader {
    /// Twilio reads no larger document (11750).
    package static let bodyBytesMax = 64 * 1024
    /// Name and value of a `<Parameter>` together stay below this.
    package static let parameterCharacters = 500
    /// Longer speech is cut short (13521).
    package static let sayCharactersMax = 4096

    private let allowsLoopback: Bool
    private var entries: [DebuggerEntry] = []

    /// Reads a response's body. `allowsLoopback` accepts `ws://` streams to this machine, which
    /// Twilio never would, for development without certificates.
    package static func read(
        _ body: [UInt8], contentType: String?, allowsLoopback: Bool = false
    ) throws(DebuggerEntry) -> TwiMLScript {
        guard body.count <= bodyBytesMax else {
            throw DebuggerEntry(11750, "the body has \(body.count) bytes")
        }
        guard !body.isEmpty else { throw DebuggerEntry(11770, "the body is empty") }
        let type = contentType?.prefix { $0 != ";" }.lowercased() ?? "none"
        guard ["text/xml", "application/xml", "text/html"].contains(type) else {
            throw DebuggerEntry(12300, "content type \(type) is no TwiML")
        }
        let root: XMLElement
        do {
            root = try XMLReader.read(body)
        } catch {
            let code = error.isVersion ? 12101 : 12100
            throw DebuggerEntry(code, "line \(error.line): \(error.reason)")
        }
        guard root.name == "Response" else {
            throw DebuggerEntry(12102, "the root element is \(root.name), not Response")
        }
        var reader = TwiMLReader(allowsLoopback: allowsLoopback)
        reader.expectAttributes([], of: root)
        reader.expectNoText(in: root)
        let verbs = root.children.enumerated().compactMap { reader.verb($1, isFirst: $0 == 0) }
        return TwiMLScript(verbs: verbs, entries: reader.entries)
    }

    private init(allowsLoopback: Bool) { self.allowsLoopback = allowsLoopback }

    private mutating func verb(_ element: XMLElement, isFirst: Bool) -> TwiMLScript.Verb? {
        switch element.name {
        case "Connect": return connect(element)
        case "Say": return say(element)
        case "Play": return play(element)
        case "Pause":
            expectAttributes(["length"], of: element)
            return .pause(seconds: whole("length", of: element, in: 1...3600) ?? 1)
        case "Hangup":
            expectAttributes([], of: element)
            return .hangup
        case "Reject":
            expectAttributes(["reason"], of: element)
            if !isFirst { note("Reject is not the first verb", element) }
            let reason = choice("reason", of: element, among: ["rejected", "busy"])
            return .reject(reason: reason ?? "rejected")
        case "Redirect":
            expectAttributes(["method"], of: element)
            let url = element.text.trimmed
            return .redirect(.init(url: url, method: method("method", of: element)))
        case "Dial": return dial(element)
        case "Gather": return gather(element)
        default:
            note("the verb \(element.name) is unknown or not simulated", element)
            return nil
        }
    }

    private mutating func connect(_ element: XMLElement) -> TwiMLScript.Verb? {
        expectAttributes(["action", "method"], of: element)
        expectNoText(in: element)
        guard let stream = element.children.first, stream.name == "Stream" else {
            note("Connect holds no Stream", element)
            return nil
        }
        if element.children.count > 1 { note("Connect holds more than one noun", element) }
        expectAttributes(
            ["url", "name", "track", "statusCallback", "statusCallbackMethod"], of: stream)
        let url = stream["url"] ?? ""
        var order = TwiMLScript.Connect(
            action: callback("action", "method", of: element), url: url, name: stream["name"],
            statusCallback: callback("statusCallback", "statusCallbackMethod", of: stream),
            parameters: parameters(of: stream), fault: streamFault(url: url))
        if let track = stream["track"], track != "inbound_track" {
            order.fault = DebuggerEntry(31941, "track \(track) under Connect")
        }
        return .connect(order)
    }

    /// What keeps Twilio from opening this address; relative ones are judged when resolved.
    private func streamFault(url: String) -> DebuggerEntry? {
        if url.isEmpty { return DebuggerEntry(31923, "the stream has no url") }
        if url.contains("?") {
            return DebuggerEntry(31920, "the stream's url has a query, which is not sent")
        }
        if url.contains("#") { return DebuggerEntry(31923, "the stream's url has a fragment") }
        guard url.contains("://") else { return nil }
        guard let address = try? WebAddress(url) else {
            return DebuggerEntry(31923, "the stream's url cannot be read")
        }
        if address.scheme == "wss" { return nil }
        if address.scheme == "ws", allowsLoopback, Self.isLoopback(address.host) { return nil }
        return DebuggerEntry(31922, "the stream's scheme is \(address.scheme), not wss")
    }

    /// True for this machine's own names and addresses.
    package static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    private mutating func parameters(of stream: XMLElement) -> [TwiMLScript.Parameter] {
        var all: [TwiMLScript.Parameter] = []
        for child in stream.children {
            guard child.name == "Parameter" else {
                note("\(child.name) has no place in Stream", child)
                continue
            }
            expectAttributes(["name", "value"], of: child)
            guard let name = child["name"], let value = child["value"] else {
                note("a Parameter lacks name or value", child)
                continue
            }
            guard name.count + value.count < Self.parameterCharacters else {
                note("the Parameter \(name) has \(name.count + value.count) characters", child)
                continue
            }
            if all.contains(where: { $0.name == name }) {
                note("the Parameter \(name) comes twice", child)
            }
            all.append(.init(name: name, value: value))
        }
        return all
    }
}

/// Checks and values of attributes.
extension TwiMLReader {
    mutating func note(_ reason: String, _ element: XMLElement) {
        entries.append(DebuggerEntry(12200, "line \(element.line): \(reason)"))
    }

    mutating func note(_ code: Int, _ reason: String, _ element: XMLElement) {
        entries.append(DebuggerEntry(code, "line \(element.line): \(reason)"))
    }

    mutating func expectAttributes(_ known: Set<String>, of element: XMLElement) {
        for attribute in element.attributes where !known.contains(attribute.name) {
            note("\(element.name) has no attribute \(attribute.name)", element)
        }
    }

    mutating func expectNoText(in element: XMLElement) {
        if !element.text.trimmed.isEmpty { note("text inside \(element.name)", element) }
    }

    mutating func choice(
        _ name: String, of element: XMLElement, among allowed: [String]
    ) -> String? {
        guard let value = element[name] else { return nil }
        if allowed.contains(value) { return value }
        note("\(name)=\"\(value)\" is none of \(allowed.joined(separator: ", "))", element)
        return nil
    }

    mutating func whole(
        _ name: String, of element: XMLElement, in range: ClosedRange<Int>
    ) -> Int? {
        guard let text = element[name] else { return nil }
        if let value = Int(text), range.contains(value) { return value }
        note("\(name)=\"\(text)\" is no number from \(range.lowerBound) on", element)
        return nil
    }

    mutating func method(_ name: String, of element: XMLElement) -> String {
        choice(name, of: element, among: ["POST", "GET"]) ?? "POST"
    }

    mutating func callback(
        _ name: String, _ methodName: String, of element: XMLElement
    ) -> TwiMLScript.Callback? {
        let method = method(methodName, of: element)
        return element[name].map { .init(url: $0, method: method) }
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmed: String {
        String(
            drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
