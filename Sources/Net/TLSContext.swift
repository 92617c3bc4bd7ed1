import COpenSSL
import Glibc

/// Why TLS cannot be set up: a file is missing, unreadable or does not fit; the text says which.
package struct TLSError: Error, Sendable, Equatable {
    package var reason: String
}

/// Certificates and trust of one side, shared by all its sessions: TLS 1.2 or later.
package final class TLSContext: Sendable {
    /// Which side a context is for.
    enum Role { case server, client }

    let role: Role
    // Safe because an SSL_CTX counts its references atomically and is not changed once it is here.
    nonisolated(unsafe) let pointer: OpaquePointer

    private init(_ role: Role, _ pointer: OpaquePointer) {
        self.role = role
        self.pointer = pointer
    }

    deinit { SSL_CTX_free(pointer) }

    /// A server's side: its certificate with chain, and the key of it, as PEM files.
    package static func server(
        certificateFile: String, keyFile: String
    ) throws(TLSError) -> TLSContext {
        let context = try make(.server)
        guard SSL_CTX_use_certificate_chain_file(context.pointer, certificateFile) == 1 else {
            throw fault("the certificate \(certificateFile) cannot be used")
        }
        guard SSL_CTX_use_PrivateKey_file(context.pointer, keyFile, SSL_FILETYPE_PEM) == 1 else {
            throw fault("the key \(keyFile) cannot be used")
        }
        guard SSL_CTX_check_private_key(context.pointer) == 1 else {
            throw fault("the key \(keyFile) is not that of \(certificateFile)")
        }
        return context
    }

    /// A client's side: trusts the system's authorities and those of one more PEM file.
    package static func client(extraCAFile: String?) throws(TLSError) -> TLSContext {
        let context = try make(.client)
        // The system's store is a directory that is looked into when a chain is checked; its one
        // file of everybody takes 30 ms and 2 MiB. Who names a file in SSL_CERT_FILE gets it.
        let isNamed = getenv(X509_get_default_cert_file_env()) != nil
        let isThere =
            isNamed
            ? SSL_CTX_set_default_verify_paths(context.pointer)
            : SSL_CTX_set_default_verify_dir(context.pointer)
        guard isThere == 1 else {
            throw fault("the system's certificates cannot be used")
        }
        if let extraCAFile,
            SSL_CTX_load_verify_locations(context.pointer, extraCAFile, nil) != 1
        {
            throw fault("the authorities in \(extraCAFile) cannot be used")
        }
        SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, nil)
        guard cssl_offer_http11(context.pointer) == 1 else { throw fault("ALPN cannot be set") }
        return context
    }

    private static func make(_ role: Role) throws(TLSError) -> TLSContext {
        ERR_clear_error()
        let method = role == .server ? TLS_server_method() : TLS_client_method()
        guard let pointer = SSL_CTX_new(method) else { throw fault("OpenSSL gives no context") }
        let context = TLSContext(role, pointer)
        guard cssl_prepare_context(pointer) == 1 else {
            throw fault("OpenSSL refuses TLS 1.2 with AEAD ciphers")
        }
        return context
    }

    private static func fault(_ what: String) -> TLSError {
        let why = TLSSession.takeError()
        return TLSError(reason: why.isEmpty ? what : "\(what): \(why)")
    }
}
