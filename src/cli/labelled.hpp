#pragma once
// Requests of which it is known which tier they needed: lines of JSON, read as weir reads a request.

#include "weir/base/error.hpp"
#include "weir/classifier/features.hpp"
#include "weir/classifier/fit.hpp"
#include "weir/config/settings.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/router/decide.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::cli {

struct labelled_row {
    std::uint32_t source = 0;  // index into labelled_set::sources
    std::uint32_t family = 0;  // index into labelled_set::families
    bool pro = false;          // the label is another tier than the cheapest
    std::vector<std::string> tags;
    dialect::body_index index;
    classifier::features features;
    std::string request;  // latest human text without envelopes, fences, quotes and pasted blocks
    // The same measured over other texts, as simpler routers do: all of the latest human text, and all that
    // any message says.
    classifier::features of_human_text;
    classifier::features of_all_text;
};

struct labelled_set {
    std::string file;  // its name without folders
    std::string sha256;
    std::vector<std::string> sources;   // "adv/stuck-loop"
    std::vector<std::string> families;  // what comes before the first slash: "adv"
    std::vector<labelled_row> rows;
};

using reading_progress = std::function<void(std::size_t done, std::size_t of)>;

// Lines {"id", "source", "request", "label", "tags"?}: request is a Chat Completions body, label the name of
// a tier. The first line that is something else ends the reading: errc::invalid_field with file, line and
// what was expected; errc::file where the file cannot be read or is longer than labelled_bytes_max.
result<labelled_set> read_labelled(const std::filesystem::path& file, const config::settings& settings,
                                   const reading_progress& progress = {});
inline constexpr std::uintmax_t labelled_bytes_max = 1024U * 1024 * 1024;

// What is left out together when weights are tried on rows that they were not fitted on.
enum class hold_out : std::uint8_t { none, row, source, family };
// The word for it on the command line: "family".
std::string_view name_of(hold_out by) noexcept;

// For classifier::held_out(); `row` takes every fifth together. Not for `none`.
std::vector<std::uint32_t> parts_of(const labelled_set& data, hold_out by);

std::vector<classifier::example> examples_of(const labelled_set& data, const classifier::recipe& how);

// What the learned score of the policy that decides says; nullopt where that policy has none.
std::optional<classifier::learned_card> shipped_card(const router::routing& routes, const labelled_row& row);

// The decision for a row on its own: no session, no headers, the default class.
result<router::decision> decide_row(const router::routing& routes, const labelled_row& row,
                                    const classifier::learned_card& learned);

// A line of the policy decided, and neither the score nor a default nor a gate.
bool decided_by_line(const router::routing& routes, const router::decision& d);

}  // namespace weir::cli
