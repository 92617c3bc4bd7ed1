package import Instruments
package import Wire

/// One request on its way through the front: what came, and what was found out about it.
package struct Exchange: Sendable {
    package let request: HTTPRequest
    /// Who asks: the peer's address in digits, or what a trusted proxy says of it, or `unix`.
    package let client: String
    /// The loop on which the request is answered.
    package let loop: any Loop
    /// What stood in the path's places, by name, percent-decoded.
    package var parameters: [String: String] = [:]
    /// The form, as its guard read it.
    package var form: Form = [:]

    /// Without a `client` it is the peer who asks.
    package init(request: HTTPRequest, client: String? = nil, loop: any Loop) {
        self.request = request
        self.client = client ?? request.peer
        self.loop = loop
    }
}
