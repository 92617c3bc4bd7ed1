import Audio
import Calls
import Instruments
import Net
import Simulators
import Switchboard
import Systemd
import Twilio
import Wire

/// The parts of the house that take more than a line to make.
extension House {
    static func publicAddress(
        _ configuration: Configuration
    ) throws(StartFault) -> WebAddress {
        do { return try configuration.publicAddress() } catch {
            throw StartFault(reason: "PUBLIC_URL: \(error)")
        }
    }

    /// What agents need and a caller's first word does not: resamplers that are true, and whom TLS
    /// trusts. Together they take a twentieth of a second.
    static func proveWhatAgentsNeed(_ trust: ClientTrust) throws(StartFault) {
        do { try ResamplerProof.run() } catch {
            throw StartFault(reason: "the resampler is not what it was built for: \(error)")
        }
        do { _ = try trust.context() } catch { throw StartFault(reason: error.reason) }
    }

    static func listen(
        _ server: HTTPServer, _ configuration: Configuration, _ activated: [ActivatedSocket]
    ) async throws(StartFault) -> [ListenAddress] {
        var tls: TLSContext?
        if let certificate = configuration.listening.certificateFile,
            let key = configuration.listening.keyFile
        {
            do {
                tls = try TLSContext.server(certificateFile: certificate, keyFile: key)
            } catch {
                throw StartFault(reason: error.reason)
            }
        }
        var bound: [ListenAddress] = []
        for address in try targets(configuration, activated) {
            do { bound.append(try await server.listen(address, tls: tls)) } catch {
                throw StartFault(reason: error.reason)
            }
        }
        return bound
    }

    static func targets(
        _ configuration: Configuration, _ activated: [ActivatedSocket]
    ) throws(StartFault) -> [ListenAddress] {
        var all: [ListenAddress] = []
        for target in configuration.listening.all {
            switch target {
            case .address(let address): all.append(address)
            case .activated(let name):
                let passed = activated.filter { name == nil || $0.name == name }
                guard !passed.isEmpty else {
                    throw StartFault(
                        reason: "LISTEN asks for a socket of the service manager, "
                            + "but none was passed\(name.map { " as \($0)" } ?? "")")
                }
                all += passed.map { .inherited(descriptor: $0.descriptor, name: $0.name) }
            }
        }
        return all
    }
}
