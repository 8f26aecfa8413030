#pragma once
// The last phase: what a request came to, in tokens and money. Pure.

#include "weir/config/settings.hpp"
#include "weir/dialect/answer_reader.hpp"
#include "weir/metering/row.hpp"
#include "weir/proxy/judge.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::proxy {

// What a conversation is known by may name a person too: 64 bits of its hash, in hexadecimal digits. "" of
// "".
std::string conversation_hash(std::string_view key_id, std::string_view known_by);

// What is known when a request is routed; the slot and the row begin with it.
void note_route(metering::row& r, const judgement& j, const config::settings& settings);

// What the answer said. An answer that was billed but says no usage gets an estimate: the input from the
// body's size, the output from the events or bytes that came.
struct answer_end {
    dialect::answer_facts facts;
    bool billed = false;  // upstream may have begun to think: it answered 2xx, or was asked and then left
    std::int64_t input_tokens = 0;  // estimate
};
void note_answer(metering::row& r, const answer_end& end);

// Prices r.tokens by the served model (the sent one where the book does not know it) at the request's start,
// and on every tier for the baselines.
void price(metering::row& r, const config::settings& settings);

}  // namespace weir::proxy
