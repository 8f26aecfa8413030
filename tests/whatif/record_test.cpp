// What a row keeps of its decision: whole, small, and nothing of the request's text.

#include "weir/whatif/record.hpp"

#include "router/shipped_policy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace weir::whatif {
namespace {

using namespace std::string_literals;

using random = std::mt19937_64;

std::int64_t below(random& r, std::int64_t end) {
    return std::uniform_int_distribution<std::int64_t>(0, end - 1)(r);
}

std::int64_t any_number(random& r) {
    switch (below(r, 6)) {
        case 0:
            return 0;
        case 1:
            return INT64_MAX;
        case 2:
            return INT64_MIN;
        case 3:
            return -below(r, 1'000);
        default:
            return below(r, std::int64_t{1} << below(r, 62));
    }
}

std::string any_name(random& r) {
    constexpr std::array<const char*, 10> pieces = {"flash", ".",    "\"", "\\", "\n",
                                                    "\x01",  "证明", " ",  "{",  "\\u0041"};
    std::string name;
    for (std::int64_t n = below(r, 5); n > 0; --n) {
        name += pieces[static_cast<std::size_t>(below(r, pieces.size()))];
    }
    if (below(r, 20) == 0) name += '\0';
    return name;
}

std::vector<std::string> any_names(random& r, std::int64_t most) {
    std::vector<std::string> names;
    for (std::int64_t n = below(r, most + 1); n > 0; --n) names.push_back(any_name(r));
    return names;
}

std::size_t any_tier(random& r, const recorded& of) {
    return static_cast<std::size_t>(below(r, static_cast<std::int64_t>(of.tiers.size())));
}

router::session_view any_session(random& r, const recorded& of) {
    router::session_view s{any_tier(r, of), any_name(r),   any_name(r),      any_number(r),
                           any_number(r),   any_number(r), below(r, 2) == 0, {}};
    for (std::int64_t n = below(r, static_cast<std::int64_t>(of.tiers.size()) + 1); n > 0; --n) {
        s.warm_tokens.push_back(any_number(r));
    }
    return s;
}

recorded any_record(random& r) {
    recorded made;
    made.api = static_cast<dialect::api_kind>(below(r, dialect::api_count));
    for (std::int64_t n = below(r, 60); n > 0; --n) made.features.push_back(any_number(r));
    made.tiers = any_names(r, 4);
    made.tiers.emplace_back("last");
    made.words = any_names(r, 5);
    made.words_absent = any_names(r, 5);
    made.words_part = std::uniform_real_distribution<double>(-20, 20)(r);
    made.learned = static_cast<int>(below(r, 1'001));
    made.weighted = static_cast<int>(below(r, 1'001));
    made.weights = any_name(r);
    if (below(r, 2) == 0) made.effort = any_name(r);
    made.thinking = static_cast<dialect::thinking_word>(below(r, 5));
    made.tool_choice = static_cast<dialect::tool_choice_word>(below(r, 6));
    made.server_tools = any_names(r, 3);
    made.traffic_class = any_name(r);
    made.tier_wanted = any_name(r);
    made.tier_min = any_name(r);
    made.error_cost_usd_milli = any_number(r);
    made.override_effort = below(r, 2) == 0;
    made.accepted_of_class = any_number(r);
    made.reasoning_lost = any_number(r);
    made.conversation = any_name(r);
    if (below(r, 2) == 0) made.session = any_session(r, made);
    for (std::int64_t n = below(r, 4); n > 0; --n) {
        made.alternatives.push_back({any_tier(r, made), {any_number(r)}});
    }
    if (below(r, 2) == 0) {
        made.sum = router::priced_sum{any_tier(r, made), any_tier(r, made), any_number(r),
                                      any_number(r),     any_number(r),     any_number(r),
                                      any_number(r),     {any_number(r)},   {any_number(r)}};
    }
    made.tier = any_tier(r, made);
    made.effort_set = any_name(r);
    made.reason = any_name(r);
    made.effort_reason = any_name(r);
    made.policy_reason = any_name(r);
    made.moves_session = below(r, 2) == 0;
    return made;
}

// Every field, one line each, in words of the test's own.
class describer {
public:
    void add(const char* name, const std::string& value) { text_ += name + ("="s + value) + '\n'; }
    void add(const char* name, std::int64_t value) { add(name, std::to_string(value)); }
    void add(const char* name, std::size_t value) { add(name, std::to_string(value)); }
    template <class T>
    void add(const char* name, const std::vector<T>& all) {
        add(name, all.size());
        for (const T& one : all) add(name, one);
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

std::string described(const recorded& r) {
    describer d;
    d.add("api", static_cast<std::int64_t>(r.api));
    d.add("features", r.features);
    d.add("tiers", r.tiers);
    d.add("words", r.words);
    d.add("words_absent", r.words_absent);
    d.add("words_part", std::bit_cast<std::int64_t>(r.words_part));
    d.add("learned", std::int64_t{r.learned});
    d.add("weighted", std::int64_t{r.weighted});
    d.add("weights", r.weights);
    d.add("stated", r.effort ? "said " + *r.effort : "unsaid"s);
    d.add("thinking", static_cast<std::int64_t>(r.thinking));
    d.add("tool_choice", static_cast<std::int64_t>(r.tool_choice));
    d.add("server_tools", r.server_tools);
    d.add("class", r.traffic_class);
    d.add("wanted", r.tier_wanted);
    d.add("min", r.tier_min);
    d.add("error_cost", r.error_cost_usd_milli);
    d.add("override", std::int64_t{r.override_effort});
    d.add("accepted", r.accepted_of_class);
    d.add("lost", r.reasoning_lost);
    d.add("conversation", r.conversation);
    if (r.session) {
        d.add("session tier", r.session->tier);
        d.add("session effort", r.session->effort);
        d.add("session effort_reason", r.session->effort_reason);
        d.add("session human_turns", r.session->human_turns);
        d.add("session requests", r.session->requests);
        d.add("session output", r.session->output_tokens_mean);
        d.add("session failed", std::int64_t{r.session->failed_check});
        d.add("session warm", r.session->warm_tokens);
    }
    for (const auto& a : r.alternatives) d.add("costs", a.tier), d.add("pico", a.cost.value);
    if (r.sum) {
        d.add("sum from", r.sum->from);
        d.add("sum to", r.sum->to);
        d.add("sum context", r.sum->context_tokens);
        d.add("sum warm_from", r.sum->warm_from);
        d.add("sum warm_to", r.sum->warm_to);
        d.add("sum output", r.sum->output_tokens);
        d.add("sum requests", r.sum->requests);
        d.add("sum stay", r.sum->stay.value);
        d.add("sum move", r.sum->move.value);
    }
    d.add("tier", r.tier);
    d.add("effort", r.effort_set);
    d.add("reason", r.reason);
    d.add("effort_reason", r.effort_reason);
    d.add("policy_reason", r.policy_reason);
    d.add("moves", std::int64_t{r.moves_session});
    return d.take();
}

TEST(record, what_is_written_is_read_back_whatever_it_holds) {
    random r(20'261'122);
    for (int i = 0; i < 800; ++i) {
        const recorded made = any_record(r);
        const std::string text = write_record(made);
        const auto read = read_record(text);
        ASSERT_TRUE(read.has_value()) << read.error().detail << '\n' << text;
        ASSERT_EQ(described(*read), described(made)) << text;
    }
}

TEST(record, is_one_line_of_json_whose_members_do_not_move) {
    recorded r;
    r.features = {0, 120, 24};
    r.tiers = {"flash", "pro"};
    r.words = {"proof"};
    r.words_absent = {"broad"};
    r.words_part = -0.25;
    r.learned = 512;
    r.weighted = 400;
    r.weights = "shipped/1";
    r.effort = "high";
    r.traffic_class = "interactive";
    r.conversation = "00112233aabbccdd";
    r.session = router::session_view{1, "keep", "default", 2, 7, 350, false, {0, 25'000}};
    r.alternatives = {{0, {18'000'000}}, {1, {79'000'000}}};
    r.sum = router::priced_sum{1, 0, 26'000, 25'000, 0, 350, 3, {90}, {120}};
    r.tier = 1;
    r.effort_set = "high";
    r.reason = "session_warm";
    r.effort_reason = "client";
    r.policy_reason = "bounded";
    EXPECT_EQ(write_record(r),
              R"({"v":2,"api":"chat","f":[0,120,24],"words_part":-0.25,"learned":512,"weighted":400,)"
              R"("weights":"shipped/1","words":["proof"],"words_absent":["broad"],)"
              R"("words_lead":[],"tiers":["flash","pro"],)"
              R"("stated":"high","thinking":"unsaid","tool_choice":"unsaid","server_tools":[],)"
              R"("class":"interactive","wanted":"","min":"","error_cost":0,"override":false,"accepted":0,)"
              R"("lost":0,"conversation":"00112233aabbccdd",)"
              R"("session":{"tier":1,"effort":"keep","effort_reason":"default","human_turns":2,)"
              R"("requests":7,"output":350,"failed_check":false,"warm":[0,25000]},)"
              R"("cost":[[0,18000000],[1,79000000]],"sum":{"from":1,"to":0,"context":26000,)"
              R"("warm_from":25000,"warm_to":0,"output":350,"requests":3,"stay":90,"move":120},)"
              R"("tier":1,"effort":"high","reason":"session_warm","effort_reason":"client",)"
              R"("policy_reason":"bounded","moves":true})");
}

std::string small_record() {
    recorded r;
    r.features = {1, 2};
    r.tiers = {"flash", "pro"};
    r.session = router::session_view{1, "keep", "", 1, 1, 0, false, {5}};
    r.alternatives = {{1, {7}}};
    r.sum = router::priced_sum{};
    r.weights = "w\n/1";
    return write_record(r);
}

TEST(record, of_the_first_version_is_read_and_names_no_conversation) {
    recorded r;
    r.tiers = {"flash"};
    r.reason = "bounded";
    r.conversation = "c";
    std::string text = write_record(r);
    for (const auto& [now, then] : std::vector<std::pair<std::string, std::string>>{
             {"\"v\":2", "\"v\":1"}, {",\"conversation\":\"c\"", ""}}) {
        ASSERT_NE(text.find(now), std::string::npos) << text;
        text.replace(text.find(now), now.size(), then);
    }
    const auto read = read_record(text);
    ASSERT_TRUE(read.has_value()) << read.error().detail << '\n' << text;
    EXPECT_EQ(read->reason, "bounded");
    EXPECT_EQ(read->conversation, "");
}

TEST(record, cut_short_anywhere_or_with_more_behind_it_is_none) {
    const std::string whole = small_record();
    ASSERT_TRUE(read_record(whole).has_value());
    for (std::size_t n = 0; n < whole.size(); ++n) {
        const auto read = read_record(std::string_view(whole).substr(0, n));
        ASSERT_FALSE(read.has_value()) << n;
        EXPECT_EQ(read.error().code, errc::ledger);
    }
    EXPECT_FALSE(read_record(whole + " ").has_value());
    EXPECT_FALSE(read_record(whole + whole).has_value());
}

TEST(record, with_any_byte_changed_is_read_or_refused_and_its_indices_hold) {
    constexpr std::string_view other_bytes{"\0\"\\09-.,:[]{} nue\n\xff", 19};
    const std::string whole = small_record();
    for (std::size_t n = 0; n < whole.size(); ++n) {
        for (const char c : other_bytes) {
            std::string text = whole;
            text[n] = c;
            const auto read = read_record(text);
            if (!read) continue;
            ASSERT_LT(read->tier, read->tiers.size()) << text;
            ASSERT_LT(read->session ? read->session->tier : 0, read->tiers.size()) << text;
            inputs again;
            remake(again, *read, "auto", "", router::shipped_routing());
        }
    }
}

TEST(record, edited_by_hand_is_refused_with_the_place) {
    const std::string whole = small_record();
    const auto changed = [&whole](std::string_view from, std::string_view to) {
        std::string text = whole;
        const std::size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return text.replace(at, from.size(), to);
    };
    const std::vector<std::string> table = {
        "",
        "null",
        "[]",
        std::string(record_bytes_max + 1, ' '),
        changed("\"v\":2", "\"v\":0"),
        changed("\"v\":2", "\"v\":1"),
        changed("\"v\":2", "\"v\":3"),
        changed("\"api\":\"chat\"", "\"api\":\"telex\""),
        changed("\"thinking\":\"unsaid\"", "\"thinking\":\"perhaps\""),
        changed("\"f\":[1,2]", "\"f\":[1,]"),
        changed("\"f\":[1,2]", "\"f\":[1 2]"),
        changed("\"f\":[1,2]", "\"f\":[99999999999999999999,2]"),
        changed("\"f\":[1,2]", "\"f\":[1.5,2]"),
        changed("\"f\":[1,2]", "\"f\":[+1,2]"),
        changed("\"f\":[1,2]", "\"f\":1"),
        changed("\"words_part\":0", "\"words_part\":nan"),
        changed("\"words_part\":0", "\"words_part\":-inf"),
        changed("\"words_part\":0", "\"words_part\":1e999"),
        changed("\"learned\":0", "\"learned\":4294967296"),
        changed("\"learned\":0", "\"learned\":\"0\""),
        changed("\"tier\":1,\"effort\":\"keep\"", "\"tier\":2,\"effort\":\"keep\""),
        changed("\"warm\":[5]", "\"warm\":[5,6,7]"),
        changed("\"cost\":[[1,7]]", "\"cost\":[[2,7]]"),
        changed("\"cost\":[[1,7]]", "\"cost\":[[-1,7]]"),
        changed("\"from\":0", "\"from\":9"),
        changed("\"tiers\":[\"flash\",\"pro\"]", "\"tiers\":[]"),
        changed("\"override\":false", "\"override\":0"),
        changed("w\\u000a/1", "w\n/1"),
        changed("w\\u000a/1", "w\\u0041/1"),
        changed("w\\u000a/1", "w\\n/1"),
        changed("w\\u000a/1", "w\\u00"),
        changed("\"class\":\"\",", ""),
    };
    for (const std::string& text : table) {
        const auto read = read_record(text);
        EXPECT_FALSE(read.has_value()) << text;
        if (!read)
            EXPECT_TRUE(read.error().detail.starts_with("no record of a decision: ")) << read.error().detail;
    }
    EXPECT_EQ(read_record(changed("\"api\":\"chat\"", "\"opi\":\"chat\"")).error().detail,
              "no record of a decision: not as it was written, from byte 6");
}

TEST(record, a_list_without_end_is_refused_before_it_fills_memory) {
    std::string many = "{\"v\":1,\"api\":\"chat\",\"f\":[";
    for (std::size_t i = 0; i <= record_entries_max; ++i) many += "0,";
    const auto read = read_record(many);
    ASSERT_FALSE(read.has_value());
    EXPECT_LT(std::stoul(read.error().detail.substr(read.error().detail.rfind(' ') + 1)), many.size());
}

}  // namespace
}  // namespace weir::whatif
