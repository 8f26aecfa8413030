#include "section.hpp"

#include "nearest.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace weir::config {
namespace {

constexpr std::size_t shown_bytes_max = 60;

std::string range(const std::string& min, const std::string& max) { return "between " + min + " and " + max; }

std::string in_thousandths(std::int64_t value) {
    std::string text = std::to_string(value / 1000);
    if (value % 1000 == 0) return text;
    text += '.' + std::to_string(1000 + value % 1000).substr(1);
    while (text.ends_with('0')) text.pop_back();
    return text;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, value);
    if (failed != std::errc{} || stop != end) return std::nullopt;
    return value;
}

// Octal in YAML 1.1 and decimal in 1.2: nobody can tell what 010 is.
bool has_leading_zero(std::string_view text) { return text.size() > 1 && text[0] == '0' && text[1] != '.'; }

std::optional<std::int64_t> to_thousandths(std::string_view text) {
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    std::string_view decimals = text.substr(std::min(point + 1, text.size()));
    const bool no_digits_after = point < text.size() && decimals.empty();
    if (whole.empty() || no_digits_after || decimals.size() > 3 || whole.starts_with('-'))
        return std::nullopt;
    if (!std::ranges::all_of(decimals, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    const auto units = to_integer(whole);
    if (!units || *units > 1'000'000'000'000) return std::nullopt;
    std::string padded{decimals};
    padded.resize(3, '0');
    return *units * 1000 + to_integer(padded).value_or(0);
}

std::optional<std::string> scalar_of(const spot& s, const char* wanted) {
    if (s.broken()) return std::nullopt;
    if (s.value.what != node::kind::scalar) {
        s.say(std::string{"must be "} + wanted + ", is " + s.shown());
        return std::nullopt;
    }
    return s.value.text;
}

}  // namespace

void spot::say(std::string message, std::string hint) const {
    told.say(value, path.empty() ? std::move(message) : path + ": " + message, std::move(hint));
}

std::string spot::shown() const {
    switch (value.what) {
        case node::kind::null:
            return "empty";
        case node::kind::sequence:
            return "a list";
        case node::kind::map:
            return "a map";
        case node::kind::broken:
            return "unreadable";
        case node::kind::scalar:
            break;
    }
    if (value.expanded) return "something else in the variable";
    if (value.text.empty()) return "empty";
    if (value.text.size() > shown_bytes_max) return "a long text";
    return '`' + value.text + '`';
}

std::optional<std::string> text_of(const spot& s) { return scalar_of(s, "a text"); }

std::optional<std::string> filled_text_of(const spot& s) {
    auto text = scalar_of(s, "a text");
    if (!text || !text->empty()) return text;
    s.say("must not be empty");
    return std::nullopt;
}

std::optional<bool> flag_of(const spot& s) {
    const auto text = scalar_of(s, "true or false");
    if (!text) return std::nullopt;
    if (*text == "true") return true;
    if (*text == "false") return false;
    s.say("must be true or false, is " + s.shown());
    return std::nullopt;
}

std::optional<std::int64_t> integer_of(const spot& s, std::int64_t min, std::int64_t max) {
    auto text = scalar_of(s, "a whole number");
    if (!text) return std::nullopt;
    if (has_leading_zero(*text)) {
        s.say("a number with a leading zero can be read in two ways", "remove the zero");
        return std::nullopt;
    }
    const auto value = to_integer(*text);
    if (!value) {
        s.say("must be a whole number, is " + s.shown());
        return std::nullopt;
    }
    if (*value < min || *value > max) {
        s.say("must be " + range(std::to_string(min), std::to_string(max)) + ", is " + s.shown());
        return std::nullopt;
    }
    return value;
}

std::optional<std::int64_t> thousandths_of(const spot& s, std::int64_t min, std::int64_t max) {
    const auto text = scalar_of(s, "a number");
    if (!text) return std::nullopt;
    const auto value = has_leading_zero(*text) ? std::nullopt : to_thousandths(*text);
    if (!value) {
        s.say("must be a number of at most three decimals, is " + s.shown());
        return std::nullopt;
    }
    if (*value < min || *value > max) {
        s.say("must be " + range(in_thousandths(min), in_thousandths(max)) + ", is " + s.shown());
        return std::nullopt;
    }
    return value;
}

std::optional<std::size_t> choice_of(const spot& s, const std::vector<std::string>& words) {
    const auto text = scalar_of(s, "a word");
    if (!text) return std::nullopt;
    const auto found = std::ranges::find(words, *text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    s.say(s.shown() + " is not known here", suggestion(s.value.expanded ? "" : *text, words));
    return std::nullopt;
}

std::vector<spot> items_of(const spot& s) {
    std::vector<spot> items;
    if (s.broken()) return items;
    if (s.value.what != node::kind::sequence) {
        s.say("must be a list, is " + s.shown(), s.value.what == node::kind::null ? "write [] for none" : "");
        return items;
    }
    items.reserve(s.value.items.size());
    for (std::size_t i = 0; i < s.value.items.size(); ++i) {
        items.push_back({s.value.items[i], s.path + '[' + std::to_string(i) + ']', s.told});
    }
    return items;
}

std::vector<std::string> texts_of(const spot& s) {
    std::vector<std::string> texts;
    for (const spot& item : items_of(s)) {
        if (auto text = filled_text_of(item)) texts.push_back(std::move(*text));
    }
    return texts;
}

std::vector<named_spot> entries_of(const spot& s) {
    std::vector<named_spot> entries;
    if (s.broken()) return entries;
    if (s.value.what != node::kind::map) {
        s.say("must be a map, is " + s.shown());
        return entries;
    }
    entries.reserve(s.value.members.size());
    for (const member& m : s.value.members) {
        entries.push_back(
            {m.key, {m.value, s.path.empty() ? m.key.text : s.path + '.' + m.key.text, s.told}});
    }
    return entries;
}

section::section(spot s) : here_(std::move(s)), valid_(here_.value.what == node::kind::map) {
    if (!valid_ && !here_.broken()) here_.say("must be a map, is " + here_.shown());
}

std::optional<spot> section::find(std::string_view key) {
    if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
    if (!valid_) return std::nullopt;
    for (const member& m : here_.value.members) {
        if (m.key.text != key) continue;
        return spot{m.value, here_.path.empty() ? m.key.text : here_.path + '.' + m.key.text, here_.told};
    }
    return std::nullopt;
}

std::optional<spot> section::need(std::string_view key) {
    auto found = find(key);
    if (!found && valid_) here_.say('`' + std::string{key} + "` is missing");
    return found;
}

void section::read(std::string_view key, std::string& into) {
    const auto s = find(key);
    if (!s) return;
    if (auto text = text_of(*s)) into = std::move(*text);
}

void section::read(std::string_view key, bool& into) {
    const auto s = find(key);
    if (!s) return;
    if (const auto flag = flag_of(*s)) into = *flag;
}

void section::read(std::string_view key, std::vector<std::string>& into) {
    if (const auto s = find(key)) into = texts_of(*s);
}

void section::finish() {
    if (!valid_) return;
    for (const member& m : here_.value.members) {
        if (std::ranges::find(known_, m.key.text) != known_.end()) continue;
        const std::string prefix = here_.path.empty() ? "" : here_.path + ": ";
        here_.told.say(m.key, prefix + "no setting is called `" + m.key.text + '`',
                       suggestion(m.key.text, known_));
    }
}

}  // namespace weir::config
