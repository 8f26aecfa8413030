#pragma once
// Files that clients sent. Only what is said about them is kept; their bytes are counted and dropped.

#include "weir/base/time.hpp"

#include "refusal.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

// For several threads at once. Each function gives the JSON body of an answer.
class file_shelf {
public:
    static constexpr std::size_t files_max = 1000;

    allowed<std::string> add(std::size_t bytes, wall_time now);
    std::string list() const;
    allowed<std::string> show(std::string_view id) const;
    allowed<std::string> remove(std::string_view id);

private:
    struct entry {
        std::string id;
        std::size_t bytes = 0;
        std::int64_t created_s = 0;
    };
    static std::string json_of(const entry& file);

    mutable std::mutex mutex_;
    std::vector<entry> files_;  // in the order in which they came
    std::uint64_t added_ = 0;
};

}  // namespace weir::simulator
