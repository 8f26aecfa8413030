#include "train_from_ledger.hpp"

#include "weir/config/weights.hpp"
#include "weir/whatif/refit.hpp"

#include "commands.hpp"

#include <cmath>
#include <filesystem>
#include <iostream>
#include <optional>

namespace weir::cli {

namespace {

// "0.612"; "unknown" where there is none.
std::string three_digits(const std::optional<double>& value) {
    if (!value) return "unknown";
    const std::string digits = std::to_string(1000 + std::lround(*value * 1000));
    return digits.substr(0, 1) == "2" ? "1.000" : "0." + digits.substr(1);
}

classifier::provenance origin_of(const refit_flags& flags, const classifier::linear& base,
                                 const whatif::refitted& made) {
    classifier::provenance from;
    from.data = "outcomes of " + std::filesystem::path(flags.past.ledger).filename().string() +
                " on top of " + base.name + '/' + std::to_string(base.version) + " sha256:" + made.sha256;
    from.date = flags.date;
    from.rows = static_cast<std::int64_t>(made.rows);
    from.scores = "AUROC on the last fifth, fitted on the rest: " + three_digits(made.auroc_after) +
                  ", before " + three_digits(made.auroc_before);
    return from;
}

void tell(const past_rows& read, const whatif::refitted& made) {
    std::cerr << notes_on(read);
    if (made.other_words > 0) {
        std::cerr << made.other_words
                  << " requests are left out: the words' part of their score is from other weights\n";
    }
    std::cerr << made.rows << " requests with a known outcome, " << made.needed_more
              << " of them needing more than the cheapest tier\nAUROC on the last fifth: "
              << three_digits(made.auroc_before) << " before, " << three_digits(made.auroc_after)
              << " by weights fitted on the rest\n";
}

}  // namespace

int train_from_ledger(const refit_flags& flags) {
    const auto settings = load_config(flags.past.config);
    if (!settings) return exit_bad_usage;
    const router::policy& policy = settings->routes.default_policy();
    if (!policy.learned.kind) {
        complain("the policy " + policy.name + " has no learned weights to start from");
        return exit_bad_usage;
    }
    const auto read = read_past(flags.past, ledger_of(flags.past, *settings));
    if (!read) return read.error();
    const classifier::linear& base = *policy.learned.kind;
    auto made = whatif::refit_on(read->rows, settings->routes, base);
    if (!made) {
        complain(made.error().detail);
        return exit_failed;
    }
    tell(*read, *made);
    made->weights.from = origin_of(flags, base, *made);
    const std::string text = config::print_weights(made->weights);
    if (flags.out.empty()) {
        std::cout << text;
        return exit_ok;
    }
    return write_ready_file(flags.out, text) ? exit_ok : exit_io;
}

}  // namespace weir::cli
