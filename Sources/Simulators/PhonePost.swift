import Instruments
import Net
import Twilio
import Wire

/// Sends Twilio's requests: signed, with its headers, and tried again once when nobody can be
/// connected to.
struct PhonePost: Sendable {
    /// Twilio's ceiling for any call-related request.
    static let timeout: Duration = .seconds(15)
    /// Redirects are followed this often, then 11215.
    static let redirectsMax = 10

    let order: PhoneOrder
    let client: HTTPClient

    /// A request and what came of it.
    struct Reply: Sendable {
        var response: HTTPResponse
        /// The address that answered, redirects followed.
        var address: WebAddress
    }

    /// Asks an address; what fails is told by Twilio's code.
    func ask(
        _ address: WebAddress, method: String, form: Form, idempotency: String
    ) async throws(DebuggerEntry) -> Reply {
        var address = address
        for _ in 0...Self.redirectsMax {
            let response = try await send(address, method, form, idempotency)
            guard (300...399).contains(response.status), let place = response.fields["Location"]
            else {
                guard (200...299).contains(response.status) else {
                    throw DebuggerEntry(11200, "\(address.text) answered \(response.status)")
                }
                return Reply(response: response, address: address)
            }
            guard let next = Self.resolve(place, against: address) else {
                throw DebuggerEntry(11100, "\(place) is no address")
            }
            address = next
        }
        throw DebuggerEntry(11215, "more than \(Self.redirectsMax) redirects")
    }

    private func send(
        _ address: WebAddress, _ method: String, _ form: Form, _ idempotency: String
    ) async throws(DebuggerEntry) -> HTTPResponse {
        let request = request(address, method, form, idempotency)
        var isSecondTry = false
        while true {
            do {
                return try await client.send(
                    request, to: order.route(address).with(target: request.target),
                    timeout: Self.timeout)
            } catch {
                if case .connect = error, !isSecondTry {
                    isSecondTry = true
                    continue
                }
                throw Self.entry(error, address)
            }
        }
    }

    private func request(
        _ address: WebAddress, _ method: String, _ form: Form, _ idempotency: String
    ) -> HTTPRequest {
        var target = address.target
        if method == "GET", !form.pairs.isEmpty {
            target += (target.contains("?") ? "&" : "?") + form.text
        }
        let signed = method == "GET" ? Form() : form
        let url = address.with(target: target).text
        var fields: HTTPFields = [
            "Host": address.authority,
            "I-Twilio-Idempotency-Token": idempotency,
            "X-Home-Region": "us1", "User-Agent": "TwilioProxy/1.1", "Accept": "*/*",
        ]
        if let token = order.authToken {
            fields[TwilioSignature.headerName] = TwilioSignature.make(
                url: url, form: signed, key: token)
        }
        guard method != "GET" else {
            return HTTPRequest(method: "GET", target: target, fields: fields)
        }
        fields["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        return HTTPRequest(method: method, target: target, fields: fields, body: form.bytes)
    }

    private static func entry(_ error: HTTPClientError, _ address: WebAddress) -> DebuggerEntry {
        let place = address.text
        switch error {
        case .resolve(let why): return DebuggerEntry(11210, "\(place): \(why)")
        case .connect(let why): return DebuggerEntry(11205, "\(place): \(why)")
        case .tls(let why): return DebuggerEntry(11220, "\(place): \(why)")
        case .exchange(let why): return DebuggerEntry(11206, "\(place): \(why)")
        case .tooLarge: return DebuggerEntry(11750, "\(place): the body is too large")
        case .headTooLarge: return DebuggerEntry(11206, "\(place): the head is too large")
        case .timedOut: return DebuggerEntry(11200, "\(place): no answer in 15 s")
        case .unusable(let why): return DebuggerEntry(11100, "\(place): \(why)")
        case .cancelled: return DebuggerEntry(11200, "\(place): given up")
        }
    }

    /// A reference in TwiML against the document's address (RFC 3986 section 5, without dots).
    static func resolve(_ reference: String, against base: WebAddress?) -> WebAddress? {
        if reference.contains("://") { return try? WebAddress(reference) }
        guard let base else { return nil }
        let target = String(reference.prefix { $0 != "#" })
        if target.hasPrefix("/") { return base.with(target: target) }
        let path = base.target.prefix { $0 != "?" }
        if target.isEmpty || target.hasPrefix("?") { return base.with(target: path + target) }
        let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        return base.with(target: folder + target)
    }
}
