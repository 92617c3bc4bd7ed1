#pragma once
#include <openssl/ssl.h>
#include <stddef.h>

// What every context of ours wants: TLS 1.2 or later with AEAD ciphers, no renegotiation, no
// compression, partial writes from moving buffers, read-ahead, buffers released when idle.
// 1 on success.
int cssl_prepare_context(SSL_CTX *context);

// Offers "http/1.1" by ALPN (RFC 7301). 1 on success.
int cssl_offer_http11(SSL_CTX *context);

// Says which host we want (RFC 6066 section 3) and accepts a certificate for it alone; `address`
// is set when the host is an IP address, which has no server name. 1 on success.
int cssl_expect_host(SSL *ssl, const char *host, int address);

// Why the peer's certificate was refused; NULL when it was not.
const char *cssl_refusal(const SSL *ssl);

// The oldest error of this thread as text, and the queue emptied; "" when there is none.
void cssl_take_error(char *text, size_t size);
