// How many wrong answers are caught, and how many good ones pass: several hundred of each, made by a
// generator that knows which is which, in all three APIs.
#include "weir/dialect/answer_check.hpp"

#include "answer_samples.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace weir::dialect {
namespace {

using namespace test;

class generator {
public:
    explicit generator(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
    template <class type>
    const type& one_of(const std::vector<type>& all) {
        return all[below(all.size())];
    }

    // An object of up to five properties, some of them required, now and then with an object or a list in it.
    json schema(int depth = 0) {
        json properties = json::object();
        json required = json::array();
        const std::size_t count = 1 + below(5);
        for (std::size_t i = 0; i < count; ++i) {
            const std::string name =
                one_of<std::string>({"city", "days", "path", "limit", "query", "flag"}) + std::to_string(i);
            properties[name] = type_of_value(depth);
            if (i == 0 || below(2) == 0) required.push_back(name);
        }
        json made{{"type", "object"}, {"properties", properties}, {"required", required}};
        if (below(2) == 0) made["additionalProperties"] = false;
        return made;
    }

    // A value that fits; optional properties are there or not.
    json value(const json& schema) {
        if (schema.contains("enum")) return schema["enum"][below(schema["enum"].size())];
        const std::string type = schema["type"];
        if (type == "string") return text();
        if (type == "integer") return static_cast<int>(below(1000)) - 500;
        if (type == "number") return static_cast<double>(below(1000)) / 8;
        if (type == "boolean") return below(2) == 0;
        json made = type == "array" ? json::array() : json::object();
        if (type == "array") {
            for (std::size_t i = below(4); i > 0; --i) made.push_back(value(schema["items"]));
            return made;
        }
        for (const auto& [name, of] : schema["properties"].items()) {
            const json& required = schema["required"];
            const bool needed = std::ranges::find(required, json(name)) != required.end();
            if (needed || below(2) == 0) made[name] = value(of);
        }
        return made;
    }

    // A value that does not: one required property is missing or of another type.
    json wrong_value(const json& schema) {
        json made = value(schema);
        const std::string name = schema["required"][below(schema["required"].size())];
        if (below(2) == 0) {
            made.erase(name);
        } else {
            made[name] = json{{"neither", "nor"}};
            if (schema["properties"][name]["type"] == "object") made[name] = "a text";
        }
        return made;
    }

    std::string text() {
        static const std::vector<std::string> words = {"weir",        "dam",
                                                       "I'm",         "sorry",
                                                       "can't",       "\xE6\xB0\xB4\xE5\x9D\x9D",
                                                       "\"quoted\"",  "{",
                                                       "}",           "\\",
                                                       "K\xC3\xB6ln", "as",
                                                       "an",          "AI",
                                                       "\n",          "help",
                                                       "with",        "[1]",
                                                       "```",         "\xF0\x9F\x98\x80",
                                                       "null"};
        std::string out = "The";
        for (std::size_t i = 1 + below(30); i > 0; --i) out += " " + one_of(words);
        return out;
    }

private:
    json type_of_value(int depth) {
        const std::size_t kind = below(depth < 2 ? 7 : 5);
        if (kind == 0) return {{"type", "string"}};
        if (kind == 1) return {{"type", "integer"}};
        if (kind == 2) return {{"type", "number"}};
        if (kind == 3) return {{"type", "boolean"}};
        if (kind == 4) return {{"type", "string"}, {"enum", {"low", "high"}}};
        if (kind == 5) return {{"type", "array"}, {"items", type_of_value(depth + 1)}};
        return schema(depth + 1);
    }

    std::mt19937 random_;
};

struct sample {
    api_kind api = api_kind::chat;
    sample_request asked;
    sample_answer said;
    std::string kind;  // what is wrong with it, or what it is
};

sample_request tools_to_call(generator& g) {
    sample_request asked;
    for (const char* name : {"read", "write", "search", "run"}) asked.tools.emplace_back(name, g.schema());
    return asked;
}

// Shapes that come up in practice and that a check must let pass.
sample good(generator& g, std::size_t n) {
    sample made;
    made.api = conversational[g.below(3)];
    const bool formats = made.api != api_kind::messages;
    switch (n % 6) {
        case 0:
            made.kind = "text";
            made.said.text = g.text();
            break;
        case 1: {
            made.kind = "calls";
            made.asked = tools_to_call(g);
            for (std::size_t i = 1 + g.below(3); i > 0; --i) {
                const auto& [name, schema] = made.asked.tools[g.below(4)];
                made.said.calls.push_back({name, g.value(schema).dump(g.below(2) == 0 ? 2 : -1)});
            }
            if (g.below(2) == 0) made.said.text = g.text();
            made.said.finish = "tool_calls";
            break;
        }
        case 2:
            made.kind = "json that fits";
            made.asked.schema = g.schema();
            made.said.text = g.value(made.asked.schema).dump(g.below(2) == 0 ? 2 : -1) + "\n";
            break;
        case 3:
            made.kind = "json";
            made.asked.json_object = true;
            made.said.text = g.value(g.schema()).dump();
            break;
        case 4:
            made.kind = "sure";
            made.asked.logprobs = formats;
            made.said.text = g.text();
            for (int i = 0; i < 20; ++i)
                made.said.logprobs.push_back(-0.01 * static_cast<double>(g.below(15)));
            break;
        default:
            made.kind = "as long as the client allowed";
            made.asked.max_tokens = 50 + static_cast<std::int64_t>(g.below(100));
            made.asked.json_object = formats && g.below(2) == 0;
            made.said.text = g.text();
            made.said.finish = "length";
            made.said.output_tokens = *made.asked.max_tokens;
    }
    return made;
}

// The first `bytes` of a text, less what would be left of a character.
std::string whole_characters(const std::string& text, std::size_t bytes) {
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
    return text.substr(0, bytes);
}

sample bad(generator& g, std::size_t n) {
    static const std::vector<std::string> refusals = {"I'm sorry, but I can't ", "I can't assist with ",
                                                      "I cannot help with ", "As an AI model, I cannot "};
    sample made;
    made.api = conversational[g.below(2)];
    switch (n % 8) {
        case 0:
            made.kind = "broken json";
            made.asked.json_object = true;
            made.said.text = g.value(g.schema()).dump();
            made.said.text = whole_characters(made.said.text, 1 + g.below(made.said.text.size() - 1));
            break;
        case 1:
            made.kind = "json in prose";
            made.asked.schema = g.schema();
            made.said.text = "Here you are:\n" + g.value(made.asked.schema).dump();
            break;
        case 2:
            made.kind = "another schema";
            made.asked.schema = g.schema();
            made.said.text = g.wrong_value(made.asked.schema).dump();
            break;
        case 3: {
            made.kind = "wrong arguments";
            made.api = conversational[g.below(3)];
            made.asked = tools_to_call(g);
            const auto& [name, schema] = made.asked.tools[g.below(4)];
            made.said.calls = {{name, g.wrong_value(schema).dump()}};
            if (g.below(4) == 0) made.said.calls = {{name + "_file", g.value(schema).dump()}};
            break;
        }
        case 4:
            made.kind = "truncated";
            made.api = conversational[g.below(3)];
            made.said = {.text = g.text(), .finish = "length"};
            if (g.below(2) == 0) made.asked.max_tokens = 8'000;
            break;
        case 5:
            made.kind = "empty";
            made.api = conversational[g.below(3)];
            made.said.text = g.one_of<std::string>({"", " ", "\n\n"});
            break;
        case 6:
            made.kind = "refused";
            made.api = conversational[g.below(3)];
            made.said.text = g.one_of(refusals) + g.text();
            break;
        default:
            made.kind = "unsure";
            made.asked.logprobs = true;
            made.said.text = g.text();
            for (int i = 0; i < 20; ++i) {
                made.said.logprobs.push_back(-0.2 - 0.05 * static_cast<double>(g.below(30)));
            }
    }
    return made;
}

constexpr std::size_t samples = 320;

TEST(answer_rates, at_least_95_of_100_wrong_answers_are_caught_of_every_kind) {
    generator g(11);
    std::map<std::string, std::pair<int, int>> by_kind;  // caught, all
    int caught = 0;
    for (std::size_t i = 0; i < samples; ++i) {
        const sample one = bad(g, i);
        const bool found = found_in(one.api, one.asked, one.said, g.below(2) == 0) != answer_failure::none;
        caught += found;
        by_kind[one.kind].first += found;
        ++by_kind[one.kind].second;
    }
    EXPECT_GE(caught * 100, static_cast<int>(samples) * 95);
    EXPECT_EQ(by_kind.size(), 8u);
    for (const auto& [kind, counted] : by_kind) {
        EXPECT_GE(counted.first * 100, counted.second * 95)
            << kind << ": " << counted.first << " of " << counted.second;
    }
}

TEST(answer_rates, at_least_98_of_100_good_answers_pass) {
    generator g(12);
    std::map<std::string, std::pair<int, int>> by_kind;  // passed, all
    int passed = 0;
    for (std::size_t i = 0; i < samples; ++i) {
        const sample one = good(g, i);
        const answer_failure found = found_in(one.api, one.asked, one.said, g.below(2) == 0);
        passed += found == answer_failure::none;
        by_kind[one.kind].first += found == answer_failure::none;
        ++by_kind[one.kind].second;
        if (found != answer_failure::none) {
            std::cout << one.kind << " taken for " << name_of(found) << ": " << one.said.text << "\n";
        }
    }
    EXPECT_GE(passed * 100, static_cast<int>(samples) * 98);
    EXPECT_EQ(by_kind.size(), 6u);
    for (const auto& [kind, counted] : by_kind) {
        EXPECT_GE(counted.first * 100, counted.second * 95)
            << kind << ": " << counted.first << " of " << counted.second;
    }
}

}  // namespace
}  // namespace weir::dialect
