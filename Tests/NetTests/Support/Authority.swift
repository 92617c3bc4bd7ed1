import Glibc

@testable import Net

/// A certificate authority made by the openssl command when the tests begin, and what it signed.
struct Authority: Sendable {
    static let shared = Authority()

    let folder: String
    /// The authority's certificate: for those who shall trust it.
    var file: String { "\(folder)/ca.crt" }

    private init() {
        var template = Array("/tmp/callbridge-tests-XXXXXX".utf8CString)
        folder = template.withUnsafeMutableBufferPointer { path in
            path.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? "/tmp"
        }
        let script = """
            set -e; cd '\(folder)'
            new() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; }
            sign() {
              openssl req -new -key $1.key -subj "/CN=$2" -out $1.csr
              printf 'subjectAltName=%s\\n' "$3" > $1.ext
              openssl x509 -req -in $1.csr -CA $4.crt -CAkey $4.key -CAcreateserial \
                -days $5 -extfile $1.ext -out $1.crt
            }
            for name in ca other good stranger expired elsewhere; do new $name; done
            openssl req -x509 -new -key ca.key -subj /CN=ca -days 2 -out ca.crt
            openssl req -x509 -new -key other.key -subj /CN=other -days 2 -out other.crt
            sign good localhost DNS:localhost,IP:127.0.0.1 ca 2
            sign elsewhere elsewhere DNS:elsewhere.example,IP:192.0.2.1 ca 2
            sign expired localhost DNS:localhost,IP:127.0.0.1 ca -1
            sign stranger localhost DNS:localhost,IP:127.0.0.1 other 2
            """
        let status = ("(" + script + ") >'\(folder)/log' 2>&1").withCString { system($0) }
        precondition(status == 0, "openssl made no certificates, see \(folder)/log")
        atexit { _ = system("rm -rf '\(Authority.shared.folder)'") }
    }

    /// A server with one of the certificates: good, stranger, expired, elsewhere.
    func server(_ name: String) throws -> TLSContext {
        try .server(
            certificateFile: "\(folder)/\(name).crt", keyFile: "\(folder)/\(name).key")
    }
}
