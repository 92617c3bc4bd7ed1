import Wire

/// Why a webhook's parameters could not be used.
package enum WebhookFault: Error, Sendable, Equatable {
    /// A parameter without which the request means nothing, by its name.
    case missing(String)
    /// A parameter that is not of the shape it must have, by its name.
    case malformed(String)
}

extension WebhookFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let name): "the parameter \(name) is missing"
        case .malformed(let name): "the parameter \(name) is not what it must be"
        }
    }
}

// How a webhook's parameters are read.
extension Form {
    /// A parameter that must be there, and filled.
    func required(_ name: String) throws(WebhookFault) -> String {
        guard let value = filled(name) else { throw .missing(name) }
        return value
    }

    /// A parameter that is there and not empty: Twilio sends many without a value.
    func filled(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }

    func identifier<Kind>(_ name: String) throws(WebhookFault) -> TwilioSID<Kind> {
        guard let identifier = TwilioSID<Kind>(try required(name)) else { throw .malformed(name) }
        return identifier
    }

    func identifierIfAny<Kind>(
        _ name: String
    ) throws(WebhookFault) -> TwilioSID<Kind>? {
        filled(name) == nil ? nil : try identifier(name)
    }

    func whole(_ name: String) -> Int64? { filled(name).flatMap { Int64($0) } }

    func seconds(_ name: String) -> Duration? { whole(name).map { .seconds($0) } }
}
