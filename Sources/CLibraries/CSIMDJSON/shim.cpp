#include "shim.h"

#include <simdjson.h>

#include <cstring>
#include <new>
#include <string>
#include <vector>

namespace {

using simdjson::dom::element;

constexpr size_t depth_max = 64;
// What a thread keeps between documents: enough for every message of a call.
constexpr size_t kept_bytes_max = 64 * 1024;
constexpr size_t kept_tokens_max = 4096;
// Shortest integer that may not fit 64 bits.
constexpr size_t long_integer_digits = 19;

struct reading {
    simdjson::dom::parser parser;
    std::vector<json_token> tokens;
};

thread_local reading *current = nullptr;

struct owner {
    ~owner() {
        delete current;
        current = nullptr;
    }
};

thread_local owner keeper;

int answer(simdjson::error_code error) {
    switch (error) {
    case simdjson::SUCCESS: return json_is_read;
    case simdjson::EMPTY: return json_is_empty;
    case simdjson::CAPACITY: return json_is_too_large;
    case simdjson::DEPTH_ERROR: return json_is_too_deep;
    case simdjson::UTF8_ERROR: return json_is_not_utf8;
    case simdjson::MEMALLOC: return json_has_no_memory;
    default: return json_is_malformed;
    }
}

json_token string_token(std::string_view text) {
    json_token token{json_string, static_cast<uint32_t>(text.size()), {0}};
    token.value.text = text.data();
    return token;
}

// Its depth is bounded by depth_max, which the parser has checked.
bool walk(element value, std::vector<json_token> &tokens, size_t values_max) {
    if (tokens.size() >= values_max) return false;
    json_token token{json_null, 0, {0}};
    const size_t place = tokens.size();
    switch (value.type()) {
    case simdjson::dom::element_type::ARRAY:
        token.kind = json_array;
        tokens.push_back(token);
        for (element each : simdjson::dom::array(value)) {
            if (!walk(each, tokens, values_max)) return false;
            tokens[place].count += 1;
        }
        return true;
    case simdjson::dom::element_type::OBJECT:
        token.kind = json_object;
        tokens.push_back(token);
        for (auto member : simdjson::dom::object(value)) {
            tokens.push_back(string_token(member.key));
            if (!walk(member.value, tokens, values_max)) return false;
            tokens[place].count += 1;
        }
        return true;
    case simdjson::dom::element_type::STRING: token = string_token(std::string_view(value)); break;
    case simdjson::dom::element_type::INT64:
        token.kind = json_integer;
        token.value.integer = int64_t(value);
        break;
    case simdjson::dom::element_type::UINT64:
        token.kind = json_number;
        token.value.number = static_cast<double>(uint64_t(value));
        break;
    case simdjson::dom::element_type::DOUBLE:
        token.kind = json_number;
        token.value.number = double(value);
        break;
    case simdjson::dom::element_type::BOOL:
        token.kind = bool(value) ? json_true : json_false;
        break;
    case simdjson::dom::element_type::NULL_VALUE: break;
    }
    tokens.push_back(token);
    return true;
}

// simdjson refuses integers beyond 64 bits: "e0" behind them makes them doubles.
bool soften_long_integers(const char *bytes, size_t count, std::string &softened) {
    bool changed = false, in_string = false;
    size_t at = 0;
    while (at < count) {
        const char byte = bytes[at];
        if (in_string) {
            if (byte == '\\' && at + 1 < count) softened.push_back(bytes[at++]);
            else if (byte == '"') in_string = false;
            softened.push_back(bytes[at++]);
            continue;
        }
        const size_t start = at;
        while (at < count && bytes[at] != 0 && std::strchr("0123456789+-.eE", bytes[at])) at += 1;
        const size_t sign = bytes[start] == '-' ? 1 : 0;
        size_t digits = start + sign;
        while (digits < at && bytes[digits] >= '0' && bytes[digits] <= '9') digits += 1;
        softened.append(bytes + start, at - start);
        if (at > start && digits == at && at - start - sign >= long_integer_digits) {
            softened += "e0";
            changed = true;
        }
        if (at > start) continue;
        in_string = byte == '"';
        softened.push_back(bytes[at++]);
    }
    return changed;
}

simdjson::error_code parse(reading &now, const char *bytes, size_t count, element &root) {
    auto error = now.parser.parse(bytes, count).get(root);
    if (error != simdjson::NUMBER_ERROR) return error;
    std::string softened;
    softened.reserve(count + count / 8);
    if (!soften_long_integers(bytes, count, softened)) return error;
    return now.parser.parse(softened.data(), softened.size()).get(root);
}

int read(const char *bytes, size_t count, size_t values_max, const json_token **tokens,
         size_t *token_count) {
    if (current && (current->parser.capacity() > kept_bytes_max
                    || current->tokens.capacity() > kept_tokens_max)) {
        delete current;
        current = nullptr;
    }
    if (!current) {
        (void)keeper;
        current = new reading();
        if (auto error = current->parser.allocate(0, depth_max)) return answer(error);
    }
    element root;
    if (auto error = parse(*current, bytes, count, root)) return answer(error);
    current->tokens.clear();
    if (!walk(root, current->tokens, values_max)) return json_is_too_large;
    *tokens = current->tokens.data();
    *token_count = current->tokens.size();
    return json_is_read;
}

}  // namespace

int json_read(const char *bytes, size_t count, size_t bytes_max, size_t values_max,
              const json_token **tokens, size_t *token_count) {
    *tokens = nullptr;
    *token_count = 0;
    if (count == 0) return json_is_empty;
    if (count > bytes_max) return json_is_too_large;
    try {
        return read(bytes, count, values_max, tokens, token_count);
    } catch (const std::bad_alloc &) {
        return json_has_no_memory;
    } catch (...) {
        return json_is_malformed;
    }
}
