#pragma once
// Recorded requests out of a ledger, with what became of them: what replay, tune and refitting work on.

#include "weir/config/settings.hpp"
#include "weir/whatif/replay.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace weir::cli {

// A row takes about 3 KiB of memory with the shipped word lists, and 1.2 KiB more while it is tuned on: this
// many about 1 GiB.
inline constexpr std::size_t past_rows_max = 250'000;

struct past_flags {
    std::string config;
    std::string ledger;
    std::string since;
    std::string until;
};
void add_past_flags(CLI::App& command, past_flags& flags);

struct past_rows {
    std::vector<whatif::past> rows;   // in the order of their starts
    std::int64_t without_record = 0;  // sent upstream, but nothing says what their decision was made of
    std::int64_t unreadable = 0;      // their record is none that weir wrote
    std::string first_unreadable;     // what was wrong with the first of these
};

// Requests that weir refused are no part of it. The exit code after a message on stderr: times that are none,
// a ledger that cannot be read, or more than past_rows_max requests.
std::expected<past_rows, int> read_past(const past_flags& flags, const std::filesystem::path& ledger_file);
// The flag's, else the configured one.
std::filesystem::path ledger_of(const past_flags& flags, const config::settings& settings);

// What of the ledger is not in the figures, a line each; "" where all of it is.
std::string notes_on(const past_rows& read);
std::string notes_on(const whatif::caveats& but);

}  // namespace weir::cli
