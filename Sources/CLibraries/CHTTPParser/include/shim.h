#pragma once
// One head in, its parts out. Nothing of http_parser.h passes this door, so that llhttp
// can stand behind it without a change in Swift.
#include <stddef.h>
#include <stdint.h>

/// A part of the head: where it begins and how many bytes it has.
struct head_span {
    uint32_t start;
    uint32_t count;
};

/// What one head says.
struct head_parts {
    struct head_span target;
    uint32_t field_count;
    uint64_t content_length;
    uint16_t status;
    uint8_t version_major, version_minor;
    _Bool has_content_length, is_chunked, keeps_alive, asks_upgrade;
};

enum { head_is_whole = 0, head_has_too_many_fields = -1, head_is_not_whole = -2 };

/// Reads the whole head in `bytes` (http_parser_execute). `names` and `values` take `capacity`
/// spans each. Answers head_is_whole, one of the negative answers above, or an http_errno.
int head_read(const char *bytes, size_t count, _Bool is_response, struct head_span *names,
              struct head_span *values, uint32_t capacity, struct head_parts *parts);

/// The sentence for an answer of head_read (http_errno_description).
const char *head_problem(int answer);

/// The reason phrase of a status (http_status_str), "<unknown>" when it has none.
const char *head_status_phrase(int status);
