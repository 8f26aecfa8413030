#pragma once
// `weir train --from-ledger`: the learned weights of the default policy, moved towards recorded outcomes.

#include "past_rows.hpp"

#include <string>

namespace weir::cli {

struct refit_flags {
    past_flags past;   // `ledger` is the file; the weights are those of the configured default policy
    std::string date;  // of the provenance: "2026-11-22"
    std::string out;   // file; "" is standard output
};

// Writes the weights and tells on stderr how well they rank. An exit code.
int train_from_ledger(const refit_flags& flags);

}  // namespace weir::cli
