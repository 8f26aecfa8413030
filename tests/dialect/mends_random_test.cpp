// Random bodies, random requests: what plan_edits makes of the bytes is what the same rules make of the
// document.

#include "weir/base/digest.hpp"

#include "mends_oracle.hpp"
#include "mends_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace weir::dialect {
namespace {

using test::document;
using test::joined;

class maker {
public:
    explicit maker(unsigned seed) : random_(seed) {}

    unsigned pick(unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random_); }
    bool chance(unsigned percent) { return pick(100) < percent; }
    document any_of(std::initializer_list<const char*> texts) {
        return document::parse(texts.begin()[pick(static_cast<unsigned>(texts.size()))]);
    }

    document body(api_kind api) {
        document members = document::object();
        members["model"] = any_of({R"("auto")", R"("m")", R"("a \"b\" \\ \n")"});
        for (unsigned i = pick(3); i > 0; --i) {
            members["unknown" + std::to_string(i)] =
                any_of({"null", "1", "\"x\"", R"({"model":"y","effort":"z"})",
                        R"([{"role":"developer"},"]"])", "true", "-2.5e3"});
        }
        if (api == api_kind::responses) {
            responses(members);
        } else if (api == api_kind::completions) {
            members["prompt"] = "x";
            common(members);
        } else {
            conversation(api, members);
            common(members);
        }
        return shuffled(members);
    }

    // The document in bytes, with white space anywhere and letters of strings escaped here and there.
    std::string written(const document& d) {
        if (d.is_string()) return string(d.get_ref<const std::string&>());
        if (!d.is_structured()) return d.dump();
        std::string out = d.is_object() ? "{" : "[";
        bool first = true;
        for (const auto& [name, value] : d.items()) {
            if (!std::exchange(first, false)) out += space() + ",";
            out += space();
            if (d.is_object()) out += string(name) + space() + ":" + space();
            out += written(value);
        }
        return out + space() + (d.is_object() ? "}" : "]");
    }

private:
    void maybe(document& members, const char* name, unsigned percent,
               std::initializer_list<const char*> texts) {
        if (chance(percent)) members[name] = any_of(texts);
    }

    void common(document& members) {
        maybe(members, "stream", 60, {"true", "true", "false", "null"});
        maybe(members, "stream_options", 40,
              {R"({"include_usage":true})", R"({"include_usage":false,"a":1})", "{}", "null", "7"});
        maybe(members, "max_tokens", 50, {"10", "2000", "900000", "null", "\"x\"", "0"});
        maybe(members, "user_id", 40, {R"("plain-1")", R"("{\"json\":\"\u00e9\"}")", R"("")", "5", "null"});
    }

    void responses(document& members) {
        members["input"] =
            any_of({R"("x")", R"([{"role":"developer","content":"d"},{"role":"user","content":"x"}])"});
        maybe(members, "reasoning", 60,
              {R"({"effort":"ultra","summary":"auto"})", R"({"summary":"auto"})", R"({"effort":"low"})", "{}",
               "null", "5", R"({"effort":null})"});
        maybe(members, "max_output_tokens", 50, {"10", "2000", "900000", "null"});
        maybe(members, "user", 40, {R"("plain-1")", R"("a b")", "null"});
        maybe(members, "stream", 50, {"true", "false"});
    }

    void conversation(api_kind api, document& members) {
        const bool chat = api == api_kind::chat;
        document turns = document::array({document{{"role", "user"}, {"content", "x"}}});
        for (unsigned i = pick(5); i > 0; --i) turns.push_back(chat ? chat_turn() : messages_turn());
        members["messages"] = turns;
        maybe(members, "thinking", 50,
              {R"({"type":"enabled","budget_tokens":5})", R"({"type":"disabled"})", R"({"type":"adaptive"})",
               "null", "false", "{}"});
        maybe(members, "tools", 50, {R"([{"type":"function","name":"f","function":{"name":"f"}}])", "[]"});
        if (!chat) {
            maybe(members, "output_config", 50,
                  {R"({"effort":"ultra"})", R"({"effort":"high","a":1})", R"({"a":1,"effort":"low","b":2})",
                   "{}", "null", R"({"b":2,"effort":null})"});
            maybe(members, "metadata", 50, {R"({"user_id":"a b","z":1})", R"({"user_id":"ok"})", "null"});
            return;
        }
        maybe(members, "reasoning_effort", 50, {"\"ultra\"", "\"high\"", "\"none\"", "null", "3"});
        maybe(members, "max_completion_tokens", 40, {"20", "900000", "null"});
        maybe(members, "response_format", 40,
              {R"({"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","a":"\"\\\n"}}})",
               R"({"json_schema":{"schema":5},"type":"json_schema"})", R"({"type":"json_object"})",
               R"({"type":"text"})", "null"});
    }

    document chat_turn() {
        if (chance(40))
            return any_of({R"({"role":"developer","content":"d"})", R"({"content":"s","role":"system"})"});
        document turn =
            any_of({R"({"role":"assistant","content":"a"})", R"({"content":null,"role":"assistant"})"});
        maybe(turn, "reasoning_content", 60, {R"("r")", R"("")", "null", "[1]"});
        maybe(turn, "prefix", 30, {"true", "true", "false", "null"});
        return shuffled(turn);
    }

    document messages_turn() {
        document turn{{"role", "assistant"}};
        turn["content"] =
            any_of({R"("said \" \\")", R"([])", R"([{"type":"text","text":"t"}])",
                    R"([{"type":"thinking","thinking":"t","signature":""},{"type":"text","text":"t"}])"});
        return shuffled(turn);
    }

    document shuffled(const document& from) {
        std::vector<std::pair<std::string, document>> all;
        for (const auto& [name, value] : from.items()) all.emplace_back(name, value);
        std::ranges::shuffle(all, random_);
        document to = document::object();
        for (auto& [name, value] : all) to[name] = std::move(value);
        return to;
    }

    std::string space() {
        static const std::vector<std::string> spaces{"", "", "", " ", "\n", "\r\n\t"};
        return spaces[pick(6)];
    }

    std::string string(const std::string& text) {
        static constexpr std::string_view digits = "0123456789abcdef";
        std::string out = "\"";
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            const bool must = byte < 0x20 || c == '"' || c == '\\';
            if (byte < 0x80 && (must || chance(5))) {
                out += "\\u00";
                out += digits[byte >> 4];
                out += digits[byte & 15];
            } else {
                out += c;
            }
        }
        return out + "\"";
    }

    std::mt19937 random_;
};

// Owns what a mend_request only views.
struct asked {
    std::vector<said_member> effort;
    std::vector<std::pair<std::string, std::string>> aliases{{"ultra", "max"}, {"minimal", "low"}};
    mend_request about;
};

std::vector<said_member> random_effort(maker& make, api_kind api) {
    if (api == api_kind::completions || make.chance(40)) return {};
    if (api == api_kind::responses) {
        return {{"reasoning", "effort", make.chance(50) ? "\"none\"" : "\"low\""}};
    }
    if (make.chance(50)) return {{"thinking", "type", "\"disabled\""}};
    if (api == api_kind::messages) return {{"output_config", "effort", "\"low\""}};
    return {{"reasoning_effort", "", "\"low\""}};
}

void ask(maker& make, api_kind api, const body_index& index, asked& into) {
    mend_request& about = into.about;
    for (std::size_t i = 0; i < mend_count; ++i) {
        if (make.chance(75)) about.on.add(static_cast<mend>(i));
    }
    about.model = make.chance(30) ? "m" : "sent \"x\"";
    into.effort = random_effort(make, api);
    about.effort = into.effort;
    about.effort_aliases = into.aliases;
    about.thinking = make.chance(80);
    about.input_tokens = make.pick(6) * 20'000;
    about.context_tokens_max = make.chance(50) ? 0 : 100'000;
    about.output_tokens_max = make.chance(50) ? 0 : 1'000;
    about.usage_on_request = make.chance(50);
    if (!into.effort.empty() && make.chance(60)) {
        about.overruled = make.chance(50) ? overruled_by::forced_tool_choice : overruled_by::reasoning_lost;
    }
    for (std::size_t i = 0; i < index.messages.size(); ++i) {
        if (!make.chance(70)) continue;
        const bool kept = make.chance(50);
        about.reasoning.push_back({i, kept ? "th\"\\\n\x02\xC3\xA9" : "", kept ? "s" : "", kept});
    }
}

// The schema's bytes are the client's own: compared as a document.
void settle_schema(document& d) {
    for (document& turn : d["messages"]) {
        if (turn["role"] != "system" || !turn["content"].is_string()) continue;
        const auto text = turn["content"].get<std::string>();
        const std::size_t line = text.find('\n');
        if (line == std::string::npos || text.find("JSON") > line) continue;
        turn["content"] = document::parse(text.substr(line + 1));
    }
}

// The order of members does not count.
bool same(const document& a, const document& b) {
    if (a.type() != b.type() || !a.is_structured()) return a == b;
    if (a.size() != b.size()) return false;
    for (const auto& [name, value] : a.items()) {
        if (a.is_object() && !b.contains(name)) return false;
        if (!same(value, a.is_object() ? b[name] : b[static_cast<std::size_t>(std::stoul(name))]))
            return false;
    }
    return true;
}

struct tally {
    mend_set seen;
    int untouched = 0;
};

void check(body_indexer& indexer, unsigned seed, api_kind api, tally& all) {
    maker make(seed);
    const document before = make.body(api);
    const std::string body = make.written(before);
    const padded_text padded(body);
    const auto index = indexer.read(api, padded, limits{});
    ASSERT_TRUE(index) << seed << ": " << index.error().field << " " << index.error().detail << "\n" << body;
    asked request;
    ask(make, api, *index, request);

    const mended_body made = plan_edits(padded, *index, request.about);
    const std::string text = joined(made.edits, body);
    const auto want = test::mended_document(api, before, request.about);
    document sent = document::parse(text, nullptr, false);
    ASSERT_FALSE(sent.is_discarded()) << seed << "\n" << body << "\n" << text;
    if (made.made.has(mend::json_schema)) settle_schema(sent);
    ASSERT_TRUE(same(sent, want.body)) << seed << "\nbody " << body << "\nsent " << text << "\nwant "
                                       << want.body << "\nmade " << made.made.text();
    ASSERT_EQ(made.made.text(), want.made.text()) << seed << "\n" << body << "\n" << text;
    ASSERT_EQ(made.drop_usage_chunk, want.made.has(mend::include_usage)) << seed;
    ASSERT_EQ(made.schema.empty(), !want.made.has(mend::json_schema)) << seed;
    for (std::size_t i = 0; i < mend_count; ++i) {
        if (made.made.has(static_cast<mend>(i))) all.seen.add(static_cast<mend>(i));
    }
    all.untouched += made.edits.empty() ? 1 : 0;
}

TEST(mends_random, ten_thousand_bodies_become_what_the_rules_say) {
    tally all;
    body_indexer indexer;
    constexpr api_kind kinds[] = {api_kind::chat, api_kind::chat, api_kind::messages, api_kind::responses,
                                  api_kind::completions};
    for (unsigned seed = 0; seed < 10'000; ++seed) {
        check(indexer, seed, kinds[seed % 5], all);
        if (HasFatalFailure()) return;
    }
    mend_set each = mend_set::all();
    each.remove(mend::answer_model);
    EXPECT_EQ(all.seen.text(), each.text()) << "a mend that no body needed is not tested here";
    EXPECT_GT(all.untouched, 50);
}

}  // namespace
}  // namespace weir::dialect
