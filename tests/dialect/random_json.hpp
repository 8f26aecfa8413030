#pragma once
// Numbers that come again from their seed, and JSON as strange as clients and providers may write it.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::dialect::test {

// splitmix64: a seed is enough to see a failed case again.
class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
    bool chance(std::size_t percent) { return below(100) < percent; }
    template <class item>
    item pick(std::initializer_list<item> of) {
        return *(of.begin() + below(of.size()));
    }
    template <class item>
    void shuffle(std::vector<item>& items) {
        for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
    }

private:
    std::uint64_t state_;
};

// A text as JSON writes it between quotes, and what it means.
struct written_text {
    std::string json;
    std::string meaning;
};

inline written_text random_text(dice& d, std::size_t pieces_max) {
    static const std::vector<written_text> pieces = {
        {"word", "word"},
        {" and ", " and "},
        {"\\n", "\n"},
        {"\\\"model\\\":\\\"x\\\"", "\"model\":\"x\""},
        {"\\\\", "\\"},
        {"\\/", "/"},
        {"\\u00e9", "\xC3\xA9"},
        {"\\uD83D\\ude00", "\xF0\x9F\x98\x80"},
        {"\xE4\xB8\xAD\xE6\x96\x87", "\xE4\xB8\xAD\xE6\x96\x87"},
        {"\xF0\x9F\x91\x8D", "\xF0\x9F\x91\x8D"},
        {"{\\\"a\\\":[1,2}", "{\"a\":[1,2}"},
        {"data: [DONE]", "data: [DONE]"},
        {"\\u0000", std::string(1, '\0')},
        {"message_start usage", "message_start usage"},
        {"<system-reminder>", "<system-reminder>"},
    };
    written_text out;
    for (std::size_t left = d.below(pieces_max + 1); left > 0; --left) {
        const written_text& piece = pieces[d.below(pieces.size())];
        out.json += piece.json;
        out.meaning += piece.meaning;
    }
    return out;
}

inline std::string random_string(dice& d, std::size_t pieces_max = 4) {
    return "\"" + random_text(d, pieces_max).json + "\"";
}

// White space as JSON has it.
inline std::string random_blank(dice& d) {
    if (d.chance(60)) return {};
    return d.pick<const char*>({" ", "\n  ", "\t", "\r\n", "  "});
}

// A string that means `text`, which is plain, now and then with a letter escaped.
inline std::string written(dice& d, std::string_view text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    const std::size_t escaped = d.chance(10) ? d.below(text.size()) : text.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i != escaped) {
            out += text[i];
            continue;
        }
        const auto byte = static_cast<unsigned char>(text[i]);
        out += "\\u00";
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out + "\"";
}

inline std::string random_value(dice& d, std::size_t depth_max);

inline std::string random_container(dice& d, std::size_t depth_max, bool object) {
    std::string out = object ? "{" : "[";
    for (std::size_t left = d.below(4); left > 0; --left) {
        out += random_blank(d);
        if (object) out += random_string(d, 1) + random_blank(d) + ":" + random_blank(d);
        out += random_value(d, depth_max) + random_blank(d);
        if (left > 1) out += ",";
    }
    return out + (object ? "}" : "]");
}

inline std::string random_value(dice& d, std::size_t depth_max) {
    if (d.chance(3)) {
        const std::size_t depth = 1 + d.below(99);
        return std::string(depth, '[') + std::string(depth, ']');
    }
    switch (d.below(depth_max == 0 ? 4 : 6)) {
        case 0:
            return random_string(d);
        case 1:
            return d.pick<const char*>({"true", "false", "null"});
        case 2:
            return d.pick<const char*>(
                {"0", "-0", "17", "12345678901234567890123", "1E+400", "-0.1e-7", "3.14"});
        case 3:
            return "\"\"";
        case 4:
            return random_container(d, depth_max - 1, true);
        default:
            return random_container(d, depth_max - 1, false);
    }
}

}  // namespace weir::dialect::test
