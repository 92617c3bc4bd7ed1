#pragma once
// One document in, its values out in the order of the text. No C++ passes this door.
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { json_null, json_false, json_true, json_integer, json_number, json_string, json_array,
       json_object };

/// One value. An array is followed by its elements, an object by name and value of each member;
/// `count` says how many. A string has `count` bytes at `value.text`.
struct json_token {
    uint32_t kind;
    uint32_t count;
    union {
        int64_t integer;
        double number;
        const char *text;
    } value;
};

enum { json_is_read, json_is_empty, json_is_too_large, json_is_too_deep, json_is_not_utf8,
       json_is_malformed, json_has_no_memory };

/// Reads a document (simdjson::dom::parser) of at most `bytes_max` bytes and `values_max` tokens.
/// Integers beyond 64 bits become numbers. The tokens are this thread's, until its next call.
int json_read(const char *bytes, size_t count, size_t bytes_max, size_t values_max,
              const struct json_token **tokens, size_t *token_count);

#ifdef __cplusplus
}
#endif
