#include "weir/config/weights.hpp"

#include "weir/classifier/word_hash.hpp"

#include "base64.hpp"
#include "section.hpp"
#include "tree.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace weir::config {
namespace {

using classifier::linear;
using classifier::linear_term;
using classifier::shape;

// Sums of a few hundred such terms stay finite.
constexpr double number_max = 1e9;
constexpr std::size_t line_digits_max = 96;  // of the words' base64
constexpr std::size_t line_columns_max = 100;
constexpr std::int64_t count_max = 1'000'000'000;
// In the order of classifier::shape.
const std::vector<std::string> shape_words = {"plain", "logarithm", "over"};

std::optional<double> number_of(const spot& s, double min = -number_max, double max = number_max) {
    const auto text = text_of(s);
    if (!text) return std::nullopt;
    double value = 0;
    const char* end = text->data() + text->size();
    const auto [stop, failed] = std::from_chars(text->data(), end, value);
    if (failed != std::errc{} || stop != end || !std::isfinite(value)) {
        s.say("must be a number, is " + s.shown());
        return std::nullopt;
    }
    if (value < min || value > max) {
        s.say("is out of range", min > 0 ? "it must be more than 0" : "it must be within a billion of 0");
        return std::nullopt;
    }
    return value;
}

void read_number(section& top, const char* key, double& into, double min = -number_max) {
    if (const auto s = top.need(key)) into = number_of(*s, min).value_or(into);
}

// What is left out keeps its default.
void read_bound(section& top, const char* key, double& into) {
    if (const auto s = top.find(key)) into = number_of(*s).value_or(into);
}

void read_provenance(const spot& s, linear& into) {
    section top{s};
    std::string sha256;
    if (const auto data = top.need("data")) into.from.data = filled_text_of(*data).value_or("");
    if (const auto hash = top.need("sha256")) sha256 = filled_text_of(*hash).value_or("");
    if (const auto date = top.need("date")) into.from.date = filled_text_of(*date).value_or("");
    if (const auto rows = top.need("rows")) into.from.rows = integer_of(*rows, 0, count_max).value_or(0);
    top.read("scores", into.from.scores);
    top.finish();
    into.from.data += " sha256:" + sha256;
}

// Names in order: weights mean nothing for other numbers than those they were made for. Features are added at
// the end, so weights from before one was added know the beginning of the list, and still mean what they
// meant.
void check_feature_list(const spot& s) {
    const auto known = classifier::feature_list();
    const auto items = items_of(s);
    if (s.value.what != node::kind::sequence) return;
    const std::string remedy = "these weights were made for another list of features: train them again";
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto name = text_of(items[i]);
        if (!name) return;
        if (i >= known.size()) {
            items[i].say(
                '`' + *name + "` is one too many: there are " + std::to_string(known.size()) + " features",
                remedy);
            return;
        }
        if (*name == known[i].name) continue;
        items[i].say("is `" + *name + "`, expected `" + std::string{known[i].name} + '`', remedy);
        return;
    }
}

std::optional<std::size_t> feature_of(const spot& s) {
    std::vector<std::string> names;
    for (const auto& each : classifier::feature_list()) names.emplace_back(each.name);
    return choice_of(s, names);
}

linear_term read_term(const spot& item) {
    section part{item};
    linear_term made;
    if (const auto name = part.need("feature")) made.feature = feature_of(*name).value_or(0);
    if (const auto how = part.need("shape"))
        made.how = static_cast<shape>(choice_of(*how, shape_words).value_or(0));
    const bool divides = made.how != shape::over;
    read_number(part, "scale", made.scale, divides ? std::numeric_limits<double>::min() : 0);
    read_number(part, "weight", made.weight);
    read_bound(part, "low", made.low);
    read_bound(part, "high", made.high);
    if (made.low > made.high) item.say("`low` is above `high`");
    part.finish();
    return made;
}

std::int16_t little_endian(const std::string& bytes, std::size_t at) {
    const auto low = static_cast<unsigned char>(bytes[at]);
    const auto high = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<std::int16_t>(static_cast<std::uint16_t>(low | high << 8U));
}

void read_words(const spot& s, linear& into) {
    section top{s};
    double unit = 0;
    std::int64_t bits = 0;
    read_number(top, "scale", into.words_scale);
    if (const auto count = top.need("bits"))
        bits = integer_of(*count, 1, classifier::word_bits_max).value_or(0);
    if (const auto size = top.need("unit")) unit = number_of(*size, 0).value_or(0);
    const auto weights = top.need("weights");
    top.finish();
    const auto text = weights ? text_of(*weights) : std::nullopt;
    if (!text || bits == 0) return;
    const auto bytes = from_base64(*text);
    const std::size_t expected = std::size_t{2} << bits;
    if (!bytes) {
        weights->say("must be base64");
    } else if (bytes->size() != expected) {
        weights->say(
            "holds " + std::to_string(bytes->size()) + " bytes, expected " + std::to_string(expected),
            "two bytes for each of 2^bits words");
    } else {
        for (std::size_t at = 0; at < bytes->size(); at += 2)
            into.words.push_back(static_cast<float>(little_endian(*bytes, at) * unit));
    }
}

void read_all(const spot& file, linear& into) {
    section top{file};
    if (const auto name = top.need("name")) into.name = filled_text_of(*name).value_or("");
    if (const auto version = top.need("version"))
        into.version = integer_of(*version, 1, count_max).value_or(0);
    if (const auto from = top.need("provenance")) read_provenance(*from, into);
    if (const auto list = top.need("feature_list")) check_feature_list(*list);
    read_number(top, "bias", into.bias);
    if (const auto terms = top.need("terms")) {
        for (const spot& item : items_of(*terms)) into.terms.push_back(read_term(item));
    }
    if (const auto words = top.find("words")) read_words(*words, into);
    if (const auto calibration = top.need("calibration")) {
        section part{*calibration};
        // a slope that is not above 0 would turn the order of all scores round
        read_number(part, "slope", into.slope, std::numeric_limits<double>::min());
        read_number(part, "offset", into.offset);
        part.finish();
    }
    top.finish();
}

std::optional<linear> read_tree(const std::optional<node>& tree, diagnostics& told,
                                const std::vector<problem>& problems, std::size_t before) {
    if (!tree) return std::nullopt;
    linear made;
    read_all({*tree, "", told}, made);
    if (problems.size() != before) return std::nullopt;
    return made;
}

// Weights hold no secrets and nothing of the machine they are read on.
std::optional<std::string> no_variable(std::string_view) { return std::nullopt; }

std::string shown(double number) {
    std::array<char, 32> text{};
    const auto [end, failed] = std::to_chars(text.data(), text.data() + text.size(), number);
    return failed == std::errc{} ? std::string(text.data(), end) : "0";
}

// In double quotes; a dollar is doubled, since variables are put into values when they are read.
std::string in_quotes(std::string_view text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') out += '\\';
        if (c == '$') out += '$';
        if (byte >= 0x20 && byte != 0x7F) {
            out += c;
        } else {
            out += "\\x";
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        }
    }
    return out + '"';
}

std::string print_feature_list() {
    std::string out = "feature_list: [";
    std::size_t column = out.size();
    for (std::size_t i = 0; i < classifier::feature_list().size(); ++i) {
        const std::string_view name = classifier::feature_list()[i].name;
        if (i > 0) {
            const bool wrap = column + name.size() + 4 > line_columns_max;
            out += wrap ? ",\n  " : ", ";
            column = wrap ? 2 : column + 2;
        }
        out += name;
        column += name.size();
    }
    return out + "]\n";
}

std::string print_term(const linear_term& t) {
    std::string out = "  - {feature: ";
    out += classifier::feature_list()[t.feature].name;
    out += ", shape: " + shape_words[static_cast<std::size_t>(t.how)] + ", scale: " + shown(t.scale) +
           ", weight: " + shown(t.weight);
    if (std::isfinite(t.low)) out += ", low: " + shown(t.low);
    if (std::isfinite(t.high)) out += ", high: " + shown(t.high);
    return out + "}\n";
}

std::string print_words(const linear& kind) {
    const double unit = classifier::word_unit(kind);
    std::string bytes;
    for (const float weight : kind.words) {
        const long steps = unit == 0 ? 0 : std::lround(static_cast<double>(weight) / unit);
        bytes += static_cast<char>(steps & 0xFF);
        bytes += static_cast<char>(steps >> 8 & 0xFF);
    }
    std::size_t bits = 0;
    while (std::size_t{1} << bits < kind.words.size()) ++bits;
    std::string out = "words:\n  scale: " + shown(kind.words_scale) + "\n  bits: " + std::to_string(bits) +
                      "\n  unit: " + shown(unit) + "\n  weights: |\n";
    const std::string digits = to_base64(bytes);
    for (std::size_t at = 0; at < digits.size(); at += line_digits_max)
        out += "    " + digits.substr(at, line_digits_max) + '\n';
    return out;
}

}  // namespace

std::optional<linear> read_weights(const std::filesystem::path& file, std::vector<problem>& problems) {
    const std::size_t before = problems.size();
    diagnostics told{file.string(), problems};
    return read_tree(read_yaml(file, no_variable, told), told, problems, before);
}

std::optional<linear> parse_weights(const std::string& text, const std::string& file,
                                    std::vector<problem>& problems) {
    const std::size_t before = problems.size();
    diagnostics told{file, problems};
    return read_tree(parse_yaml(text, no_variable, told), told, problems, before);
}

std::string print_weights(const linear& kind) {
    static constexpr std::string_view mark = " sha256:";
    const std::size_t at = kind.from.data.rfind(mark);
    const std::string hash = at == std::string::npos ? "unknown" : kind.from.data.substr(at + mark.size());
    std::string out =
        "# Weights of the learned score: a logistic regression over features and hashed words of a "
        "request.\n# Written by `weir train`; docs/routing.md says what it is good for.\n";
    out += "name: " + in_quotes(kind.name) + "\nversion: " + std::to_string(kind.version) +
           "\nprovenance:\n  data: " + in_quotes(kind.from.data.substr(0, at)) +
           "\n  sha256: " + in_quotes(hash) + "\n  date: " + in_quotes(kind.from.date) +
           "\n  rows: " + std::to_string(kind.from.rows) + "\n  scores: " + in_quotes(kind.from.scores) +
           "\n";
    out +=
        "# In this order. Weights for another list are refused; features that were added since have no "
        "weight.\n" +
        print_feature_list();
    out += "bias: " + shown(kind.bias) + "\nterms:\n";
    for (const linear_term& t : kind.terms) out += print_term(t);
    if (kind.terms.empty()) out.insert(out.size() - 1, " []");
    if (!kind.words.empty()) out += print_words(kind);
    return out + "calibration: {slope: " + shown(kind.slope) + ", offset: " + shown(kind.offset) + "}\n";
}

}  // namespace weir::config
