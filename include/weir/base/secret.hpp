#pragma once
// A string that must not be printed: keys of clients and of upstreams. It has no stream operator and no
// formatter; what may be shown is masked().

#include <string>
#include <string_view>
#include <utility>

namespace weir {

class secret {
public:
    secret() = default;
    explicit secret(std::string value) : value_(std::move(value)) {}

    bool empty() const noexcept { return value_.empty(); }
    // The value itself, for the one line that sends or compares it.
    std::string_view reveal() const noexcept { return value_; }
    // "sk-...9f3a": the last four characters of long values, "***" for short ones, "" for none.
    std::string masked() const;

private:
    std::string value_;
};

}  // namespace weir
