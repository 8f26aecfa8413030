#include "weir/dialect/edits.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace weir::dialect {
namespace {

using test::indexed_body;

std::string joined(const edit_list& edits, std::string_view body) {
    std::string out;
    for (const std::string_view part : edits.apply(body)) {
        EXPECT_FALSE(part.empty());
        out += part;
    }
    EXPECT_EQ(out.size(), edits.length(body.size()));
    return out;
}

TEST(edits, no_edit_leaves_the_body_as_one_view) {
    const std::string body = "{}";
    const edit_list edits;
    const auto parts = edits.apply(body);
    ASSERT_EQ(parts.size(), 1u);
    EXPECT_EQ(parts[0].data(), body.data());
    EXPECT_TRUE(edits.apply("").empty());
}

TEST(edits, edits_may_come_in_any_order) {
    edit_list edits;
    edits.add({6, 1}, "Z");
    edits.add({0, 1}, "A");
    edits.add({3, 0}, "-in-");
    edits.add({7, 0}, "!");
    edits.add({4, 1}, "");
    EXPECT_EQ(joined(edits, "0123456"), "A12-in-35Z!");
}

std::string routed(std::string_view body, std::string_view model, std::string_view members) {
    const indexed_body b(body);
    return joined(route_edits(b.index, model, members), body);
}

TEST(edits, the_model_is_replaced_and_nothing_else) {
    EXPECT_EQ(
        routed(R"({ "model" :  "auto" ,"messages":[{"role":"user"}], "n":1e400})", "deepseek-v4-pro", ""),
        R"({ "model" :  "deepseek-v4-pro" ,"messages":[{"role":"user"}], "n":1e400})");
}

TEST(edits, effort_goes_right_behind_the_model) {
    EXPECT_EQ(routed(R"({"messages":[{"role":"user"}],"model":"auto"})", "m", R"("reasoning_effort":"low")"),
              R"({"messages":[{"role":"user"}],"model":"m","reasoning_effort":"low"})");
    EXPECT_EQ(
        routed(R"({"messages":[{"role":"user"}],"model":"m"})", "m", R"("thinking":{"type":"disabled"})"),
        R"({"messages":[{"role":"user"}],"model":"m","thinking":{"type":"disabled"}})");
}

TEST(edits, a_body_that_asks_for_the_model_already_is_not_touched) {
    const indexed_body same(R"({"model":"m","messages":[{"role":"user"}]})");
    EXPECT_TRUE(route_edits(same.index, "m", "").empty());
    const indexed_body escaped(R"({"model":"\u006d","messages":[{"role":"user"}]})");
    EXPECT_FALSE(route_edits(escaped.index, "m", "").empty());
}

TEST(edits, a_name_with_quotes_stays_one_string) {
    const std::string body = routed(R"({"model":"auto","messages":[{"role":"user"}]})", "a\"b\\c\n", "");
    EXPECT_EQ(nlohmann::json::parse(body)["model"], "a\"b\\c\n");
}

// Random bodies with the model anywhere, unknown members, odd white space and escapes.
class body_maker {
public:
    explicit body_maker(unsigned seed) : random_(seed) {}

    // The bytes before the model's value, the value, the bytes behind it.
    struct parts {
        std::string before, model, after;
    };

    parts make() {
        parts out;
        const unsigned members = pick(6);
        const unsigned model_at = pick(members + 2);
        const unsigned messages_at = pick(members + 1);
        std::string* side = &out.before;
        *side += space() + "{";
        for (unsigned i = 0; i < members + 2; ++i) {
            if (i > 0) *side += "," + space();
            if (i == model_at) {
                *side += space() + key("model") + space() + ":" + space();
                out.model = string("auto-" + std::to_string(pick(100)));
                side = &out.after;
            } else if (i - (i > model_at ? 1 : 0) == messages_at) {
                *side += key("messages") + ":" + space() + R"([{"role":"user","content":)" + value(3) + "}]";
            } else {
                *side += string("unknown_" + std::to_string(i)) + space() + ":" + value(4);
            }
            *side += space();
        }
        out.after += "}" + space();
        return out;
    }

    unsigned pick(unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random_); }

private:
    std::string space() {
        static const std::vector<std::string> spaces = {"", "", " ", "\n", "\r\n\t", "   "};
        return spaces[pick(6)];
    }
    std::string key(const std::string& name) { return string(name); }
    std::string string(const std::string& text) {
        static constexpr std::string_view hex = "0123456789abcdef";
        std::string out = "\"";
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            if (pick(8) != 0) {
                out += c;
            } else {
                out += "\\u00";
                out += hex[byte >> 4];
                out += hex[byte & 15];
            }
        }
        return out + "\"";
    }
    std::string value(unsigned depth) {
        static const std::vector<std::string> scalars = {"123456789012345678901234567890",
                                                         "-0.00e-17",
                                                         "true",
                                                         "null",
                                                         R"("\"}],:{[\\")",
                                                         "\"\xE4\xB8\xAD\\n\"",
                                                         R"("\ud83d\ude00")"};
        const unsigned kind = depth == 0 ? 0 : pick(4);
        if (kind == 1) return "[" + space() + value(depth - 1) + "," + value(depth - 1) + space() + "]";
        if (kind == 2) return "{" + string("model") + space() + ":" + value(depth - 1) + "}";
        return scalars[pick(7)];
    }

    std::mt19937 random_;
};

TEST(edits, for_any_body_only_the_models_value_changes) {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        const auto made = body_maker(seed).make();
        const std::string body = made.before + made.model + made.after;
        body_indexer indexer;
        const padded_text padded(body);
        const auto index = indexer.chat(padded, limits{});
        ASSERT_TRUE(index) << seed << ": " << index.error().field << " " << index.error().detail << "\n"
                           << body;
        EXPECT_EQ(joined(route_edits(*index, "deepseek-v4-flash", ""), body),
                  made.before + "\"deepseek-v4-flash\"" + made.after)
            << seed << ": " << body;
        EXPECT_EQ(joined(route_edits(*index, "x", "\"e\":1"), body),
                  made.before + "\"x\",\"e\":1" + made.after)
            << seed;
    }
}

}  // namespace
}  // namespace weir::dialect
