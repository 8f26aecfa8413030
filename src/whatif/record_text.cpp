#include "record_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>

namespace weir::whatif {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

bool must_be_escaped(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

std::optional<unsigned> hex_value(char c) noexcept {
    const std::size_t place = hex_digits.find(c);
    if (place == std::string_view::npos) return std::nullopt;
    return static_cast<unsigned>(place);
}

template <class T>
void append(std::string& text, T v) {
    std::array<char, 32> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), v);
    text.append(digits.data(), end);
}

// What to_chars() writes and JSON allows: no sign but a minus, and a digit behind it.
bool begins_a_number(std::string_view text) noexcept {
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    return text.size() > sign && text[sign] >= '0' && text[sign] <= '9';
}

}  // namespace

void record_writer::value(std::int64_t v) { append(text_, v); }
void record_writer::value(double v) { append(text_, std::isfinite(v) ? v : 0.0); }

void record_writer::value(std::string_view v) {
    text_ += '"';
    while (!v.empty()) {
        const auto stop = std::ranges::find_if(v, must_be_escaped);
        const auto plain = static_cast<std::size_t>(stop - v.begin());
        text_ += v.substr(0, plain);
        if (plain == v.size()) break;
        const auto byte = static_cast<unsigned char>(v[plain]);
        text_ += "\\u00";
        text_ += hex_digits[byte >> 4U];
        text_ += hex_digits[byte & 15U];
        v.remove_prefix(plain + 1);
    }
    text_ += '"';
}

bool record_reader::take_if(std::string_view expected) noexcept {
    if (!ok_ || !rest().starts_with(expected)) return false;
    at_ += expected.size();
    return true;
}

void record_reader::value(std::int64_t& v) noexcept {
    const std::string_view text = rest();
    refuse_unless(begins_a_number(text));
    if (!ok_) return;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
    refuse_unless(error == std::errc{});
    if (ok_) at_ += static_cast<std::size_t>(end - text.data());
}

void record_reader::value(double& v) noexcept {
    const std::string_view text = rest();
    refuse_unless(begins_a_number(text));
    if (!ok_) return;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
    refuse_unless(error == std::errc{} && std::isfinite(v));
    if (ok_) at_ += static_cast<std::size_t>(end - text.data());
}

void record_reader::value(bool& v) noexcept {
    v = take_if("true");
    if (!v) raw("false");
}

// Only the form that the writer uses, and only for what it writes so.
bool record_reader::take_escape(std::string& into) {
    if (!take_if("\\u00")) return false;
    const std::string_view text = rest();
    const auto high = text.size() >= 2 ? hex_value(text[0]) : std::nullopt;
    const auto low = text.size() >= 2 ? hex_value(text[1]) : std::nullopt;
    if (!high || !low) return false;
    const auto c = static_cast<char>(*high * 16 + *low);
    if (!must_be_escaped(c)) return false;
    into += c;
    at_ += 2;
    return true;
}

void record_reader::value(std::string& v) {
    v.clear();
    raw("\"");
    while (ok_) {
        const std::string_view text = rest();
        std::size_t plain = 0;
        while (plain < text.size() && !must_be_escaped(text[plain])) ++plain;
        v += text.substr(0, plain);
        at_ += plain;
        if (take_if("\"")) return;
        refuse_unless(take_escape(v));
    }
}

}  // namespace weir::whatif
