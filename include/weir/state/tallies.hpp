#pragma once
// How many answers of each traffic class were accepted so far. From any thread, without a lock: the classes
// are those of the configuration and never change.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::state {

class accepted_tallies {
public:
    // Names that come twice are one class.
    explicit accepted_tallies(std::vector<std::string> classes);

    // As the ledger knows it; at start, before anything is added.
    void set(std::string_view traffic_class, std::int64_t answers) noexcept;
    // So many more; fewer, below zero, where feedback was taken back. Nothing happens for a class that is
    // none of the configuration's.
    void add(std::string_view traffic_class, std::int64_t answers = 1) noexcept;
    // 0 for a class that is none of the configuration's.
    std::int64_t count(std::string_view traffic_class) const noexcept;

private:
    std::atomic<std::int64_t>* find(std::string_view traffic_class) const noexcept;

    std::vector<std::string> classes_;
    std::unique_ptr<std::atomic<std::int64_t>[]> counts_;  // one each
};

}  // namespace weir::state
