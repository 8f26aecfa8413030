#pragma once
// A decision in words and as data: which line fired, what the scores were made of, why the conversation stays
// or moves, what the other choice would have cost. Pure; `weir explain` and POST /v1/route print it.

#include "weir/config/settings.hpp"
#include "weir/proxy/judge.hpp"

#include <span>
#include <string>
#include <string_view>

namespace weir::proxy {

// What a code of `reason` says. `text` is one sentence.
struct reason_meaning {
    std::string_view code;
    std::string_view text;
};
// The codes of weir itself and of the shipped policies. A policy may name lines as it likes: such a code is
// in no list.
std::span<const reason_meaning> reason_list() noexcept;
// "" for a code that is not in the list.
std::string_view reason_text(std::string_view code) noexcept;

// Members: docs/routing.md. Names that are no UTF-8 come out with U+FFFD. `indent` as of a JSON printer: -1
// is one line.
std::string explanation_json(const judgement& j, const config::settings& settings, int indent = -1);

// The same for people: short lines, ended by a line break.
std::string explanation_text(const judgement& j, const config::settings& settings);

}  // namespace weir::proxy
