import Glibc
import Simulators

/// A certificate for 127.0.0.1 that is its own authority, made now and thrown away afterwards.
struct Authority: Sendable {
    let certificate: LoadPlan.Certificate

    /// Makes one in `folder` (openssl req), unless one lies there.
    init(in folder: String, log: String) throws(BenchFault) {
        certificate = LoadPlan.Certificate(
            file: "\(folder)/agent.pem", keyFile: "\(folder)/agent.key")
        guard access(certificate.file, R_OK) != 0 || access(certificate.keyFile, R_OK) != 0 else {
            return
        }
        try ChildProcess.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=callbench throwaway", "-addext",
                // A bridge may hold the address to be a name.
                "subjectAltName=IP:127.0.0.1,DNS:127.0.0.1,DNS:localhost", "-keyout",
                certificate.keyFile, "-out", certificate.file,
            ], output: log)
    }
}
