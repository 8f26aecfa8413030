#pragma once
// Typed reading of a part of the tree. A reader tells what is wrong and goes on, so that one run finds
// everything; the value that it could not read keeps its default.

#include "tree.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::config {

// A value, its name for messages ("limits.json_depth_max") and where problems go.
struct spot {
    const node& value;
    std::string path;
    diagnostics& told;

    void say(std::string message, std::string hint = {}) const;
    // What the value is, for messages; never the text of a variable.
    std::string shown() const;
    bool broken() const { return value.what == node::kind::broken; }
};

std::optional<std::string> text_of(const spot& s);
std::optional<std::string> filled_text_of(const spot& s);  // not empty
std::optional<bool> flag_of(const spot& s);                // true or false; yes, on and 1 are told
std::optional<std::int64_t> integer_of(const spot& s, std::int64_t min,
                                       std::int64_t max);  // digits and _ only
// A decimal in thousandths: "0.5" is 500. At most three decimals.
std::optional<std::int64_t> thousandths_of(const spot& s, std::int64_t min, std::int64_t max);
// One of `words`; its index.
std::optional<std::size_t> choice_of(const spot& s, const std::vector<std::string>& words);
std::vector<std::string> texts_of(const spot& s);  // a sequence of texts that are not empty
// The items of a sequence; empty, and told, where it is none.
std::vector<spot> items_of(const spot& s);

// A map with known keys. finish() tells the others.
class section {
public:
    explicit section(spot s);

    bool valid() const noexcept { return valid_; }
    const spot& here() const noexcept { return here_; }

    // The value of `key`, where it is there. Asking makes the key known.
    std::optional<spot> find(std::string_view key);
    // The same; its absence is told.
    std::optional<spot> need(std::string_view key);

    void read(std::string_view key, std::string& into);
    void read(std::string_view key, bool& into);
    template <std::integral T>
    void read(std::string_view key, T& into, std::int64_t min, std::int64_t max) {
        const auto s = find(key);
        if (!s) return;
        if (const auto value = integer_of(*s, min, max)) into = static_cast<T>(*value);
    }
    void read(std::string_view key, std::vector<std::string>& into);

    void finish();

private:
    spot here_;
    bool valid_ = false;
    std::vector<std::string> known_;
};

// Names and values of a map whose keys are the operator's own ("tiers", "words").
struct named_spot {
    const node& key;
    spot value;
};
std::vector<named_spot> entries_of(const spot& s);

}  // namespace weir::config
