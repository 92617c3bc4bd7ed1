#include "shim.h"

#include <http_parser.h>
#include <string.h>

struct reading {
    const char *bytes;
    struct head_span *names, *values;
    uint32_t capacity;
    struct head_parts *parts;
    _Bool is_overfull, is_whole;
};

static struct head_span span(const struct reading *reading, const char *at, size_t count) {
    return (struct head_span){(uint32_t)(at - reading->bytes), (uint32_t)count};
}

static int on_target(http_parser *parser, const char *at, size_t count) {
    struct reading *reading = parser->data;
    reading->parts->target = span(reading, at, count);
    return 0;
}

static int on_name(http_parser *parser, const char *at, size_t count) {
    struct reading *reading = parser->data;
    if (reading->parts->field_count == reading->capacity) {
        reading->is_overfull = 1;
        return 1;
    }
    reading->names[reading->parts->field_count] = span(reading, at, count);
    reading->values[reading->parts->field_count] = (struct head_span){0, 0};
    reading->parts->field_count += 1;
    return 0;
}

static int on_value(http_parser *parser, const char *at, size_t count) {
    struct reading *reading = parser->data;
    if (reading->parts->field_count == 0) return 1;
    reading->values[reading->parts->field_count - 1] = span(reading, at, count);
    return 0;
}

static int on_whole(http_parser *parser) {
    struct reading *reading = parser->data;
    struct head_parts *parts = reading->parts;
    reading->is_whole = 1;
    parts->status = parser->status_code;
    parts->version_major = (uint8_t)parser->http_major;
    parts->version_minor = (uint8_t)parser->http_minor;
    parts->has_content_length = (parser->flags & F_CONTENTLENGTH) != 0;
    parts->content_length = parts->has_content_length ? parser->content_length : 0;
    parts->is_chunked = (parser->flags & F_CHUNKED) != 0;
    parts->keeps_alive = http_should_keep_alive(parser) != 0;
    parts->asks_upgrade = (parser->flags & F_UPGRADE) && (parser->flags & F_CONNECTION_UPGRADE);
    return 0;
}

int head_read(const char *bytes, size_t count, _Bool is_response, struct head_span *names,
              struct head_span *values, uint32_t capacity, struct head_parts *parts) {
    static const http_parser_settings settings = {
        .on_url = on_target,
        .on_header_field = on_name,
        .on_header_value = on_value,
        .on_headers_complete = on_whole,
    };
    memset(parts, 0, sizeof *parts);
    struct reading reading = {bytes, names, values, capacity, parts, 0, 0};
    http_parser parser;
    http_parser_init(&parser, is_response ? HTTP_RESPONSE : HTTP_REQUEST);
    parser.data = &reading;
    size_t taken = http_parser_execute(&parser, &settings, bytes, count);
    if (reading.is_overfull) return head_has_too_many_fields;
    if (HTTP_PARSER_ERRNO(&parser) != HPE_OK) return (int)HTTP_PARSER_ERRNO(&parser);
    return reading.is_whole && taken == count ? head_is_whole : head_is_not_whole;
}

const char *head_problem(int answer) {
    if (answer == head_has_too_many_fields) return "too many fields";
    if (answer == head_is_not_whole) return "the head is not whole";
    return http_errno_description((enum http_errno)answer);
}

const char *head_status_phrase(int status) { return http_status_str((enum http_status)status); }
