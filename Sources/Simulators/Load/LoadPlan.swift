package import Net
package import Wire

/// Which bridge is loaded, and how the two sides around it behave.
package struct LoadPlan: Sendable {
    /// When the agent's side says its metadata and its first audio.
    package enum Greeting: Sendable {
        /// When the bridge has sent its initiation, as the real service does. It must name the
        /// call among its variables, as `call_sid`.
        case initiated
        /// As soon as the socket is open, for a bridge that sends none. Calls are set up one by
        /// one then, so that it is known whose agent it is.
        case opened
    }

    /// A server's certificate with chain and its key, as PEM files.
    package struct Certificate: Sendable {
        package var file: String
        package var keyFile: String

        package init(file: String, keyFile: String) {
            self.file = file
            self.keyFile = keyFile
        }
    }

    /// Where the bridge listens for Twilio, in plain, as behind a proxy.
    package var bridge: WebAddress
    /// The address by which Twilio would know it: what signatures are made for.
    package var publicURL: WebAddress
    /// Twilio's auth token; without it nothing is signed.
    package var token: SecretText?
    package var format: LoadFormat
    package var greeting: Greeting
    /// Where the bridge finds its agent.
    package var agent: ListenAddress
    /// With it the agent's side speaks TLS.
    package var certificate: Certificate?
    /// True where the rig has a core to itself: it does not sleep while audio flows, since a bridge
    /// whose peer sleeps on the same machine pays for waking it, and no bridge in service does.
    package var staysAwake: Bool

    package init(
        bridge: WebAddress, publicURL: WebAddress, token: SecretText? = nil, format: LoadFormat,
        greeting: Greeting, agent: ListenAddress, certificate: Certificate? = nil,
        staysAwake: Bool = false
    ) {
        self.bridge = bridge
        self.publicURL = publicURL
        self.token = token
        self.format = format
        self.greeting = greeting
        self.agent = agent
        self.certificate = certificate
        self.staysAwake = staysAwake
    }

    /// True when frames come out as they went in, and can be recognised.
    var keepsIdentity: Bool { format == .muLaw }
}
