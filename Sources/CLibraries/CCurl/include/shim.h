#pragma once
#include <curl/curl.h>

// curl_easy_setopt and curl_multi_setopt are variadic, which Swift cannot call.
CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_large(CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value);

typedef size_t (*ccurl_data)(char *bytes, size_t size, size_t count, void *context);
typedef CURLcode (*ccurl_trust)(CURL *easy, void *ssl_context, void *context);

// Who hears the response: its head line by line, its body, and the SSL_CTX before its use.
CURLcode ccurl_set_listeners(
    CURL *easy, ccurl_data head, ccurl_data body, ccurl_trust trust, void *context);

typedef int (*ccurl_socket)(
    CURL *easy, curl_socket_t descriptor, int what, void *context, void *watch);
typedef int (*ccurl_timer)(CURLM *multi, long milliseconds, void *context);

// Who watches sockets and the clock for a multi handle.
CURLMcode ccurl_set_driver(CURLM *multi, ccurl_socket socket, ccurl_timer timer, void *context);
CURLMcode ccurl_set_multi_long(CURLM *multi, CURLMoption option, long value);

// The next finished transfer, its result and its CURLOPT_PRIVATE; NULL when there is none.
CURL *ccurl_next_finished(CURLM *multi, CURLcode *result, void **private_pointer);

long ccurl_status(CURL *easy);

// How much of requests was sent; 0 before any was.
long ccurl_request_bytes(CURL *easy);
