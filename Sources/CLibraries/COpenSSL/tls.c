#include "tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

int cssl_prepare_context(SSL_CTX *context) {
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(
        context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                     SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

int cssl_offer_http11(SSL_CTX *context) {
    static const unsigned char name[] = "\x08http/1.1";
    return SSL_CTX_set_alpn_protos(context, name, sizeof name - 1) == 0;
}

int cssl_expect_host(SSL *ssl, const char *host, int address) {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host);
    return SSL_set_tlsext_host_name(ssl, host) == 1 && SSL_set1_host(ssl, host) == 1;
}

const char *cssl_refusal(const SSL *ssl) {
    long result = SSL_get_verify_result(ssl);
    return result == X509_V_OK ? NULL : X509_verify_cert_error_string(result);
}

void cssl_take_error(char *text, size_t size) {
    unsigned long code = ERR_get_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    if (reason) {
        strncpy(text, reason, size - 1);
        text[size - 1] = 0;
    } else if (code) {
        ERR_error_string_n(code, text, size);
    } else {
        text[0] = 0;
    }
    ERR_clear_error();
}
