// What the file says about clients' bodies: efforts by API, mends, custody, endpoints that are passed on,
// fees.

#include "config_folder.hpp"

#include <algorithm>

namespace weir::config {
namespace {

using dialect::api_kind;
using dialect::mend;
using dialect::mend_set;
using forced = router::thinking_rules::forced;
using missing = router::thinking_rules::missing;

constexpr const char* top = "weir.yaml";

settings loaded(const std::filesystem::path& file) {
    auto got = load(file, variables({}));
    EXPECT_TRUE(got) << all_of(got.error());
    return got ? std::move(*got) : settings{};
}
settings with(const std::string& from, const std::string& to, const std::string& file = top) {
    config_folder folder;
    folder.replace(file, from, to);
    return loaded(folder.path());
}
settings shipped() { return loaded(std::filesystem::path{WEIR_SOURCE_DIR} / "config" / "weir.yaml"); }

// {"thinking", "type", "\"disabled\""} as thinking.type="disabled"
std::string told(const router::effort_word& word, api_kind api) {
    std::string text;
    for (const auto& m : word.members[static_cast<std::size_t>(api)]) {
        text += (text.empty() ? "" : " ") + m.name + (m.inner.empty() ? "" : '.' + m.inner) + '=' + m.value;
    }
    return text;
}

mend_set all_but(const std::vector<mend>& some) {
    mend_set set = mend_set::all();
    for (const mend m : some) set.remove(m);
    return set;
}

TEST(shipped_file, says_each_effort_in_the_words_of_each_api) {
    struct line {
        std::string name;
        std::string chat;
        std::string responses;
        std::string messages;
    };
    const std::vector<line> table = {
        {"none", R"(thinking.type="disabled")", R"(reasoning.effort="none")", R"(thinking.type="disabled")"},
        {"low", R"(reasoning_effort="low")", R"(reasoning.effort="low")", R"(output_config.effort="low")"},
        {"high", R"(reasoning_effort="high")", R"(reasoning.effort="high")",
         R"(output_config.effort="high")"},
        {"max", R"(reasoning_effort="max")", R"(reasoning.effort="max")", R"(output_config.effort="max")"},
    };
    const auto efforts = shipped().routes.efforts;
    ASSERT_EQ(efforts.size(), table.size());
    for (std::size_t i = 0; i < table.size(); ++i) {
        EXPECT_EQ(efforts[i].name, table[i].name);
        EXPECT_EQ(told(efforts[i], api_kind::chat), table[i].chat) << table[i].name;
        EXPECT_EQ(told(efforts[i], api_kind::responses), table[i].responses) << table[i].name;
        EXPECT_EQ(told(efforts[i], api_kind::messages), table[i].messages) << table[i].name;
        EXPECT_EQ(told(efforts[i], api_kind::completions), "") << table[i].name;
    }
}

TEST(shipped_file, mends_all_and_states_custody_at_its_default) {
    const settings s = shipped();
    EXPECT_EQ(s.mends, mend_set::all()) << s.mends.text();
    EXPECT_EQ(s.routes.thinking.forced_tool_choice, forced::thinking_off);
    EXPECT_EQ(s.routes.thinking.missing_reasoning, missing::empty);
    const state::store_bounds bounds;
    EXPECT_EQ(s.custody.bytes_max, bounds.bytes_max);
    EXPECT_EQ(s.custody.entries_max, bounds.entries_max);
    EXPECT_EQ(s.custody.turn_bytes_max, bounds.turn_bytes_max);
    EXPECT_EQ(s.custody.keep_ms, bounds.keep_ms);
    EXPECT_FALSE(s.front.gzip_bodies);
    EXPECT_FALSE(s.upstreams.at(0).usage_on_request);
    EXPECT_EQ(s.session_fields, (std::vector<std::string>{"x-session-id", "x-session-affinity", "session-id",
                                                          "thread-id", "x-claude-code-session-id"}));
}

TEST(shipped_file, passes_files_and_the_two_priced_tools_on) {
    const settings s = shipped();
    std::string all;
    for (const auto& f : s.forwards) {
        for (const auto m : f.methods) all += std::string{net::name_of(m)} + ' ';
        all += f.path + " -> " + f.upstream + f.send + (f.fee.empty() ? "" : " for " + f.fee) +
               (f.any_media ? " of any media\n" : "\n");
    }
    EXPECT_EQ(all,
              "GET POST /files -> deepseek/files of any media\n"
              "GET DELETE /files/* -> deepseek/files/*\n"
              "GET POST /anthropic/v1/files -> deepseek/anthropic/v1/files of any media\n"
              "GET DELETE /anthropic/v1/files/* -> deepseek/anthropic/v1/files/*\n"
              "POST /tools/search -> deepseek/v1/tools/search for search\n"
              "POST /tools/fetch -> deepseek/v1/tools/fetch for fetch\n");
    const auto now = *parse_rfc3339("2026-11-22T00:00:00Z");
    for (const char* name : {"search", "fetch"}) {
        EXPECT_EQ(s.prices.fee_at(name, now), pricing::pico{750'000'000}) << name;
        EXPECT_FALSE(s.prices.fee_at(name, *parse_rfc3339("2026-10-16T23:59:59Z"))) << name;
    }
}

TEST(effort_members, keep_the_kind_of_their_value_and_the_files_order) {
    const settings s =
        with("chat: {reasoning_effort: low}",
             "chat: {b: 1, a: {x: true}, c: -0.5, d: {y: \"1\"}, e: yes, f: 01, g: \"q\\\"\\n\"}");
    EXPECT_EQ(told(s.routes.efforts.at(1), api_kind::chat),
              R"(b=1 a.x=true c=-0.5 d.y="1" e="yes" f="01" g="q\"\u000a")");
}

TEST(effort_members, that_cannot_be_put_into_a_body_are_refused) {
    const std::string chat = "low: {chat: {reasoning_effort: low}";
    for (const breakage& b : std::vector<breakage>{
             {top, chat, "low: {chat: {reasoning_effort: @[low]}", "a map of exactly one value, is a list"},
             {top, chat, "low: {chat: {reasoning: @{effort: low, summary: auto}}", "exactly one value"},
             {top, chat, "low: {chat: {reasoning: @{}}", "exactly one value"},
             {top, chat, "low: {chat: {reasoning: @{effort: {deep: 1}}}", "exactly one value"},
             {top, chat, "low: {chat: {reasoning_effort: @}", "exactly one value, is empty"},
             {top, chat, "low: {chat: @{}", "says nothing"},
             {top, chat, "low: {chat: @low", "must be a map, is `low`"},
             {top, chat, "low: {chat: {@model: x}", "cannot set `model`"},
             {top, chat, "low: {chat: {@input: x}", "cannot set `input`"},
             {top, chat, "low: {@caht: {reasoning_effort: low}, chat: {d: 1}", "`caht`", "`chat`"},
             {top, chat, "low: {@completions: {a: 1}, chat: {d: 1}", "`completions`"},
             {top, "low: {chat: {reasoning_effort: low}, responses: {b: 2}, messages: {c: 3}}",
              "low: @{chat: {reasoning_effort: low}, messages: {c: 3}}", "`responses` is missing"}}) {
        expect_one_problem(b);
    }
}

TEST(mends, are_switched_one_by_one) {
    const std::string file = "mends: {user_id: off}";
    for (std::size_t i = 0; i < dialect::mend_count; ++i) {
        const auto which = static_cast<mend>(i);
        const std::string_view name_here = dialect::name_of(which);
        if (name_here.starts_with("reasoning")) continue;
        const std::string name{dialect::name_of(which)};
        const settings s = with(file, "mends: {" + name + ": off}");
        EXPECT_EQ(s.mends, all_but({which})) << name << ": " << s.mends.text();
        EXPECT_EQ(s.routes.thinking.missing_reasoning, missing::empty) << name;
        const auto tool = which == mend::forced_tool_choice ? forced::leave : forced::thinking_off;
        EXPECT_EQ(s.routes.thinking.forced_tool_choice, tool) << name;
    }
    EXPECT_EQ(with(file, "mends: {user_id: on, answer_model: on}").mends, mend_set::all());
    EXPECT_EQ(with(file, "mends: {}").mends, mend_set::all());
}

TEST(mends, of_thinking_have_words_of_their_own) {
    struct line {
        std::string said;
        mend_set mends;
        forced tool;
        missing history;
    };
    const std::vector<line> table = {
        {"{forced_tool_choice: thinking_off}", mend_set::all(), forced::thinking_off, missing::empty},
        {"{forced_tool_choice: refuse}", all_but({mend::forced_tool_choice}), forced::refuse, missing::empty},
        {"{forced_tool_choice: off}", all_but({mend::forced_tool_choice}), forced::leave, missing::empty},
        {"{reasoning: empty}", mend_set::all(), forced::thinking_off, missing::empty},
        {"{reasoning: thinking_off}", all_but({mend::reasoning_empty}), forced::thinking_off,
         missing::thinking_off},
        {"{reasoning: off}", all_but({mend::reasoning, mend::reasoning_empty, mend::reasoning_off}),
         forced::thinking_off, missing::leave},
        {"on", mend_set::all(), forced::thinking_off, missing::empty},
        {"off", mend_set{}, forced::leave, missing::leave},
    };
    for (const auto& l : table) {
        const settings s = with("mends: {user_id: off}", "mends: " + l.said);
        EXPECT_EQ(s.mends, l.mends) << l.said << ": " << s.mends.text();
        EXPECT_EQ(s.routes.thinking.forced_tool_choice, l.tool) << l.said;
        EXPECT_EQ(s.routes.thinking.missing_reasoning, l.history) << l.said;
    }
}

TEST(mends, that_are_unknown_are_refused) {
    const std::string file = "mends: {user_id: off}";
    for (const breakage& b : std::vector<breakage>{
             {top, file, "mends: {@develoer_role: off}", "`develoer_role`", "`developer_role`"},
             {top, file, "mends: {@reasoning_empty: off}", "`reasoning_empty`"},
             {top, file, "mends: {@reasoning_off: on}", "`reasoning_off`"},
             {top, file, "mends: {user_id: @never}", "`never` is not known", "one of: off, on"},
             {top, file, "mends: {user_id: @false}", "`false` is not known", "one of: off, on"},
             {top, file, "mends: {forced_tool_choice: @on}", "`on`", "one of: off, thinking_off, refuse"},
             {top, file, "mends: {reasoning: @empt}", "`empt`", "`empty`"},
             {top, file, "mends: @none", "`none`", "one of: off, on"},
             {top, file, "mends: @[user_id]", "must be a word, is a list"}}) {
        expect_one_problem(b);
    }
}

TEST(custody, is_read_and_bounded) {
    const std::string file = "custody: {keep_ms: 5}";
    const auto bounds =
        with(file, "custody: {bytes_max: 4096, entries_max: 64, turn_bytes_max: 2048, keep_ms: 7}").custody;
    EXPECT_EQ(bounds.bytes_max, 4096U);
    EXPECT_EQ(bounds.entries_max, 64U);
    EXPECT_EQ(bounds.turn_bytes_max, 2048U);
    EXPECT_EQ(bounds.keep_ms, 7);
    EXPECT_EQ(with(file, "custody: {bytes_max: 0}").custody.bytes_max, 0U);
    for (const breakage& b : std::vector<breakage>{
             {top, file, "custody: {keep_ms: @0}", "between 1 and 2592000000"},
             {top, file, "custody: {bytes_max: @-1}", "between 0 and"},
             {top, file, "custody: {entries_max: @0}", "between 64 and"},
             {top, file, "custody: {turn_bytes_max: @1}", "between 1024 and"},
             {top, file, "custody: @{bytes_max: 4096}", "turn_bytes_max is more than bytes_max"},
             {top, file, "custody: {@keep: 1}", "no setting is called `keep`"},
             {top, file, "custody: @off", "must be a map"}}) {
        expect_one_problem(b);
    }
}

TEST(forward, is_read_as_written_and_sends_the_clients_path_by_default) {
    const std::string entry =
        "{path: /files, methods: [GET], upstream: deepseek, send: /v2/files, fee: search}";
    const settings small = with(entry, entry);
    ASSERT_EQ(small.forwards.size(), 1U);
    EXPECT_EQ(small.forwards[0].path, "/files");
    EXPECT_EQ(small.forwards[0].methods, (std::vector{net::http_method::get}));
    EXPECT_EQ(small.forwards[0].upstream, "deepseek");
    EXPECT_EQ(small.forwards[0].send, "/v2/files");
    EXPECT_EQ(small.forwards[0].fee, "search");
    EXPECT_FALSE(small.forwards[0].any_media);
    const settings s = with(entry,
                            "{path: \"/a/b-c_d.e~f/*\", methods: [DELETE, POST], upstream: deepseek}\n"
                            "  - {path: \"/a/b-c_d.e~f/*\", methods: [GET], upstream: deepseek}\n"
                            "  - {path: /a, methods: [POST], upstream: deepseek, any_media: true}");
    ASSERT_EQ(s.forwards.size(), 3U);
    EXPECT_EQ(s.forwards[0].methods, (std::vector{net::http_method::del, net::http_method::post}));
    EXPECT_EQ(s.forwards[0].send, "/a/b-c_d.e~f/*");
    EXPECT_EQ(s.forwards[0].fee, "");
    EXPECT_FALSE(s.forwards[0].any_media);
    EXPECT_TRUE(s.forwards[2].any_media);
}

TEST(forward, to_a_path_that_is_no_plain_one_is_refused) {
    const std::string path = "path: /files,";
    for (const char* wrong :
         {"files", "\"\"", "/", "//", "/files/", "/a//b", "/../a", "/a/.", "\"/*\"", "\"/a*\"", "\"/a/*/b\"",
          "\"/a b\"", "/a%2Fb", "\"/a?b\"", "\"/a#b\"", "\"/a\\\\b\"", "\"/\\u00e9\"", "\"/a\\nb\""}) {
        config_folder folder;
        folder.replace(top, path, "path: " + std::string{wrong} + ',');
        EXPECT_FALSE(load(folder.path(), variables({}))) << wrong;
    }
    for (const breakage& b : std::vector<breakage>{
             {top, path, "path: @files,", "must be a path such as /files"},
             {top, path, "path: @\"/a*\",", "must be segments of letters", "whole last segment"},
             {top, path, "path: @/v1/files,", "without /v1"},
             {top, path, "path: @\"/files/*\",", "`*` stands at the end of both"},
             {top, "send: /v2/files", "send: @\"/v2/*\"", "`*` stands at the end of both"},
             {top, "send: /v2/files", "send: @v2", "must be a path"}}) {
        // the place of a star that is missing is the other path's
        config_folder folder;
        const std::string place = folder.replace(b.file, b.from, b.to);
        const auto got = load(folder.path(), variables({}));
        ASSERT_FALSE(got) << b.to;
        ASSERT_EQ(got.error().size(), 1U) << all_of(got.error());
        const problem& p = got.error().front();
        EXPECT_NE(p.message.find(b.message), std::string::npos) << to_text(p);
        EXPECT_NE(p.hint.find(b.hint), std::string::npos) << to_text(p);
        const bool elsewhere = b.to == "path: @\"/files/*\",";
        if (!elsewhere)
            EXPECT_EQ(std::to_string(p.line) + ':' + std::to_string(p.column), place) << to_text(p);
    }
}

TEST(forward, leads_away_from_weirs_own_endpoints) {
    const std::string entry =
        "{path: /files, methods: [GET], upstream: deepseek, send: /v2/files, fee: search}";
    const auto with_path = [&](const std::string& path) {
        return "{path: \"" + path + "\", methods: [GET], upstream: deepseek}";
    };
    for (const char* own :
         {"/chat/completions", "/chat/x", "/responses", "/responses/*", "/messages", "/messages/count_tokens",
          "/models", "/models/*", "/requests/*", "/completions", "/beta/completions", "/user/balance",
          "/beta/*", "/anthropic/v1/messages", "/anthropic/v1/messages/batches", "/anthropic/*",
          "/anthropic/v1/*", "/anthropic/messages", "/anthropic/v1/models"}) {
        expect_one_problem({top, entry, "{path: @" + with_path(own).substr(7), "among weir's own endpoints"});
    }
    for (const char* free :
         {"/anthropic/v1/files", "/anthropic/v1/files/*", "/anthropic", "/chats", "/tools/*"}) {
        EXPECT_EQ(with(entry, with_path(free)).forwards.at(0).path, free);
    }
}

TEST(forward, that_leads_nowhere_or_twice_is_refused) {
    const std::string entry =
        "{path: /files, methods: [GET], upstream: deepseek, send: /v2/files, fee: search}";
    const std::string star = "{path: \"/files/*\", methods: [GET, POST], upstream: deepseek}\n  - ";
    for (const breakage& b : std::vector<breakage>{
             {top, "methods: [GET]", "methods: @[]", "names no method"},
             {top, "methods: [GET]", "methods: @GET", "must be a list"},
             {top, "methods: [GET]", "methods: [@PUT]", "`PUT`", "one of: GET, POST, DELETE"},
             {top, "methods: [GET]", "methods: [GET, @GET]", "listed twice"},
             {top, "upstream: deepseek, send", "upstream: @depseek, send", "`depseek`", "`deepseek`"},
             {top, "fee: search", "fee: @serch", "has no fee called `serch`", "`search`"},
             {top, "fee: search", "@fees: search", "`fees`", "`fee`"},
             {top, "fee: search", "any_media: @yes", "true or false"},
             {top, "fee: search", "any_media: @true", "only POST has a body"},
             {top, entry, "@{methods: [GET], upstream: deepseek}", "`path` is missing"},
             {top, entry, "@{path: /files, upstream: deepseek}", "`methods` is missing"},
             {top, entry, "@{path: /files, methods: [GET]}", "`upstream` is missing"},
             {top, entry, star + "@{path: /files/a, methods: [POST], upstream: deepseek}", "one above it"},
             {top, entry, star + "@{path: \"/files/*\", methods: [GET], upstream: deepseek}",
              "one above it"}}) {
        expect_one_problem(b);
    }
    EXPECT_EQ(with(entry, star + "{path: /files/a, methods: [DELETE], upstream: deepseek}").forwards.size(),
              2U);
    EXPECT_EQ(with(entry, star + "{path: /files/a/b, methods: [GET], upstream: deepseek}").forwards.size(),
              2U);
}

TEST(fees, are_those_of_the_card_that_bills) {
    const auto before = *parse_rfc3339("2026-01-31T23:59:59Z");
    const auto after = *parse_rfc3339("2026-02-01T00:00:00Z");
    const config_folder folder;
    const auto dollars = loaded(folder.path()).prices;
    EXPECT_EQ(dollars.fee_at("search", before), pricing::pico{750'000'000});
    EXPECT_EQ(dollars.fee_at("search", after), pricing::pico{1'000'000'000});
    config_folder yuan;
    yuan.write("prices.yaml", R"(version: "1"
currency: cny
unit: per_1m_tokens
models: {f: {ids: [f], periods: [{from: 2026-01-01T00:00:00Z, flat: {cny: {hit: 1, miss: 2, output: 3}}}]}}
fees: [{name: search, from: 2026-01-01T00:00:00Z, per_thousand: {usd: 0.75, cny: 0.000005}}]
)");
    EXPECT_EQ(loaded(yuan.path()).prices.fee_at("search", before), pricing::pico{5'000});
}

TEST(fees, that_cannot_be_billed_are_refused) {
    constexpr const char* prices = "prices.yaml";
    const std::string second = "{name: search, from: 2026-02-01T00:00:00Z, per_thousand: {usd: 1}}";
    for (const breakage& b : std::vector<breakage>{
             {prices, "{usd: 1}}", "{usd: @-1}}", "a price per thousand calls with at most six decimals"},
             {prices, "{usd: 1}}", "{usd: @1.0000001}}", "at most six decimals"},
             {prices, "{usd: 1}}", "@{cny: 1}}", "`usd` is missing"},
             {prices, "{usd: 1}}", "{usd: 1, cny: @x}}", "at most six decimals"},
             {prices, "{usd: 1}}", "{usd: 1, @eur: 1}}", "`eur`"},
             {prices, second, "{name: @\"\", from: 2026-02-01T00:00:00Z, per_thousand: {usd: 1}}",
              "not be empty"},
             {prices, second, "{name: x, from: @soon, per_thousand: {usd: 1}}", "must be a time"},
             {prices, second,
              "{name: x, from: 2026-02-01T00:00:00Z, to: @2026-02-01T00:00:00Z, per_thousand: {usd: 1}}",
              "later than `from`"},
             {prices, second, "@{name: x, from: 2026-02-01T00:00:00Z}", "`per_thousand` is missing"},
             {prices, second, "@{name: search, from: 2026-01-31T00:00:00Z, per_thousand: {usd: 1}}",
              "overlaps"},
             {prices, second,
              second + "\n  - @{name: search, from: 2026-03-01T00:00:00Z, per_thousand: {usd: 1}}",
              "has no end", "a `to`"}}) {
        expect_one_problem(b);
    }
}

TEST(session_fields, are_names_of_header_fields) {
    const config_folder folder;
    EXPECT_EQ(loaded(folder.path()).session_fields, (std::vector<std::string>{"x-session-id", "thread-id"}));
    const std::string fields = "[x-session-id, thread-id]";
    for (const breakage& b :
         std::vector<breakage>{{"clients.yaml", fields, "@x-session-id", "must be a list"},
                               {"clients.yaml", fields, "[@X-Session-Id]", "in small letters"},
                               {"clients.yaml", fields, "[@\"a b\"]", "in small letters"},
                               {"clients.yaml", fields, "[@\"a:\"]", "in small letters"},
                               {"clients.yaml", fields, "[@\"\"]", "must not be empty"},
                               {"clients.yaml", fields, "[a, @a]", "listed twice"}}) {
        expect_one_problem(b);
    }
}

TEST(switches, of_gzip_usage_and_inflation_are_read) {
    const settings gzip = with("{json_depth_max: 64}", "{inflated_bytes_max: 2048}\naccept_gzip: true");
    EXPECT_TRUE(gzip.front.gzip_bodies);
    EXPECT_EQ(gzip.bounds.inflated_bytes_max, 2048U);
    EXPECT_TRUE(with("api_key: sk-0123456789abcdef", "api_key: sk-0123456789abcdef, usage_on_request: true")
                    .upstreams.at(0)
                    .usage_on_request);
    expect_one_problem({top, "{drain_ms: 1}", "{drain_ms: 1}\naccept_gzip: @on", "true or false"});
    expect_one_problem({top, "{json_depth_max: 64}", "{inflated_bytes_max: @1}", "between 1024 and"});
}

}  // namespace
}  // namespace weir::config
