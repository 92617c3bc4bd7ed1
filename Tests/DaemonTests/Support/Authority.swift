import Glibc
import Net

/// A certificate authority of one test, and a server it vouches for, made by the openssl command.
final class Authority: Sendable {
    struct Failed: Error {}

    private let folder: String
    /// The authority's certificate: for those who shall trust it.
    var file: String { "\(folder)/ca.crt" }

    init() throws {
        var template = Array("/tmp/callbridge-authority-XXXXXX".utf8CString)
        folder = template.withUnsafeMutableBufferPointer { path in
            path.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
        let script = """
            set -e; cd '\(folder)'
            for name in ca agent; do openssl ecparam -name prime256v1 -genkey -noout -out $name.key; done
            openssl req -x509 -new -key ca.key -subj /CN=ca -days 2 -out ca.crt
            openssl req -new -key agent.key -subj /CN=localhost -out agent.csr
            printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\n' > agent.ext
            openssl x509 -req -in agent.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
              -extfile agent.ext -out agent.crt
            """
        guard !folder.isEmpty, system("(\(script)) >'\(folder)/log' 2>&1") == 0 else {
            throw Failed()
        }
    }

    deinit { _ = system("rm -rf '\(folder)'") }

    /// A server that shows the certificate.
    var server: TLSContext {
        get throws {
            try .server(
                certificateFile: "\(folder)/agent.crt", keyFile: "\(folder)/agent.key")
        }
    }
}
