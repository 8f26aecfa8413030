#include "weir/dialect/body_index.hpp"

#include "weir/dialect/api.hpp"

#include "json_walk.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>

namespace weir::dialect {
namespace {

constexpr std::size_t kept_bytes_max = 1024 * 1024;
constexpr std::size_t capacity_min = 16 * 1024;

// What simdjson allocates for bodies up to `capacity`: an index of 4 bytes a byte, and a buffer for unescaped
// strings.
constexpr std::size_t bytes_of(std::size_t capacity) noexcept { return capacity * 4 + capacity * 5 / 3; }

std::string_view reason_of(simdjson::error_code error) noexcept {
    switch (error) {
        case simdjson::EMPTY:
            return "the body is empty";
        case simdjson::UTF8_ERROR:
            return "the body is not UTF-8";
        case simdjson::UNCLOSED_STRING:
            return "a string is not closed";
        case simdjson::UNESCAPED_CHARS:
            return "a control character in a string is not escaped";
        default:
            return "the body is not JSON";
    }
}

}  // namespace

struct body_indexer::state {
    simdjson::ondemand::parser parser;
};

body_indexer::body_indexer() : state_(std::make_unique<state>()) {}
body_indexer::~body_indexer() = default;
body_indexer::body_indexer(body_indexer&&) noexcept = default;
body_indexer& body_indexer::operator=(body_indexer&&) noexcept = default;

std::size_t body_indexer::kept_bytes() const noexcept { return bytes_of(state_->parser.capacity()); }

result<body_index> body_indexer::read(api_kind api, padded_view body, const limits& bounds) {
    static_assert(padded_view::padding >= simdjson::SIMDJSON_PADDING);
    simdjson::ondemand::parser& parser = state_->parser;
    if (body.size() == 0) return client_fault(errc::malformed_json, "the body is empty");
    if (parser.capacity() < body.size()) {
        // In powers of two, so that a conversation that grows with each turn does not allocate with each.
        const std::size_t capacity = std::max(std::bit_ceil(body.size()), capacity_min);
        if (parser.allocate(capacity)) return weir_fault(errc::internal, "no memory to index a body");
    }
    const simdjson::padded_string_view whole(body.data(), body.size(), body.size() + padded_view::padding);
    simdjson::ondemand::json_iterator tokens;
    const auto error = parser.iterate_raw(whole).get(tokens);
    auto indexed = [&]() -> result<body_index> {
        if (error) return client_fault(errc::malformed_json, std::string(reason_of(error)));
        json_walk walk(body.text(), tokens, bounds.json_depth_max);
        if (walk.peek() != '{') return client_fault(errc::malformed_json, "the body must be one JSON object");
        return api_of(api).read_body(walk);
    }();
    if (kept_bytes() > kept_bytes_max) parser = simdjson::ondemand::parser();
    return indexed;
}

}  // namespace weir::dialect
