package import Instruments
package import Wire

/// One request on its way through the front: what came, and what was found out about it.
package struct Exchange: Sendable {
    package let request: HTTPRequest
    /// The loop on which the request is answered.
    package let loop: any Loop
    /// What stood in the path's places, by name, percent-decoded.
    package var parameters: [String: String] = [:]
    /// The form, as its guard read it.
    package var form: Form = [:]

    package init(request: HTTPRequest, loop: any Loop) {
        self.request = request
        self.loop = loop
    }
}
