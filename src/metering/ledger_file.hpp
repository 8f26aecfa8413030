#pragma once
// A ledger's file for those who only read it, beside the weir that writes it or without one.

#include "database.hpp"

#include <cstdint>
#include <filesystem>

namespace weir::metering {

struct ledger_file {
    database db;
    std::int64_t version;  // of its schema: row_table::check_schema
};

// Never creates or changes anything. Faults: errc::ledger with the file, where there is none or it is no
// ledger of weir.
result<ledger_file> open_for_reading(const std::filesystem::path& file);

}  // namespace weir::metering
