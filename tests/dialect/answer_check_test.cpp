// Whether an answer is one: single cases of each kind in each API, whole and streamed.
#include "weir/dialect/answer_check.hpp"

#include "answer_samples.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::dialect {

void PrintTo(answer_failure f, std::ostream* out) {
    *out << (f == answer_failure::none ? "none" : name_of(f));
}

namespace {

using namespace test;
using enum answer_failure;

const nlohmann::json weather = {
    {"type", "object"},
    {"properties", {{"city", {{"type", "string"}}}, {"days", {{"type", "integer"}}}}},
    {"required", {"city"}},
    {"additionalProperties", false}};
const sample_request with_tools{.tools = {{"get_weather", weather}, {"now", nlohmann::json::object()}}};
const sample_request with_json{.json_object = true};
const sample_request with_schema{.schema = weather};

struct one_case {
    const char* what;
    sample_request asked;
    sample_answer said;
    answer_failure expected;
    bool formats_of_answers = false;  // Messages has none
};

void expect_all(const std::vector<one_case>& all) {
    for (const one_case& one : all) {
        for (const api_kind api : conversational) {
            if (one.formats_of_answers && api == api_kind::messages) continue;
            for (const bool stream : {false, true}) {
                EXPECT_EQ(found_in(api, one.asked, one.said, stream), one.expected)
                    << one.what << " in " << api_of(api).name() << (stream ? ", streamed" : ", whole");
            }
        }
    }
}

TEST(answer_check, a_text_is_an_answer_unless_it_is_none) {
    expect_all({
        {"a text", {}, {"A low dam."}, none},
        {"nothing", {}, {""}, empty},
        {"white space", {}, {" \n\t "}, empty},
        {"a refusal", {}, {"I'm sorry, but I can't do that."}, refusal},
        {"a refusal in another case", {}, {"\n I\xE2\x80\x99m SORRY, but I can\xE2\x80\x99t say."}, refusal},
        {"a refusal with words between", {}, {"As an AI language model, I cannot judge."}, refusal},
        {"a Chinese refusal",
         {},
         {"\xE6\x8A\xB1\xE6\xAD\x89\xEF\xBC\x8C\xE6\x88\x91\xE6\x97\xA0\xE6\xB3\x95"},
         refusal},
        {"an apology that goes on", {}, {"I'm sorry about the confusion: it is a low dam."}, none},
        {"a refusal that is quoted", {}, {"He wrote: I'm sorry, but I can't."}, none},
        {"a long text behind such words", {}, {"I'm sorry, but I can't. " + std::string(2'000, 'x')}, none},
        {"what a filter ended", {}, {.text = "A low", .finish = "content_filter"}, refusal},
    });
}

TEST(answer_check, an_end_for_want_of_room_counts_where_the_client_did_not_want_it) {
    const auto limited = [](std::int64_t tokens) { return sample_request{.max_tokens = tokens}; };
    const sample_answer cut{.text = "A low", .finish = "length", .output_tokens = 100};
    const sample_answer nothing{.text = "", .finish = "length", .output_tokens = 100};
    expect_all({
        {"no limit", {}, cut, truncated},
        {"a limit that was not reached", limited(101), cut, truncated},
        {"the client's own limit", limited(100), cut, none},
        {"the client's own limit, used up by thinking", limited(100), nothing, none},
        {"the client's limit below", limited(50), cut, none},
        {"nothing, without a limit", {}, nothing, truncated},
        {"what the upstream broke off", {}, {.text = "A", .finish = "aborted"}, broken_off},
        {"JSON that the client's limit cut", {.json_object = true, .max_tokens = 100}, cut, none},
    });
}

TEST(answer_check, an_answer_that_is_to_be_JSON_is_JSON_and_fits) {
    expect_all({
        {"an object", with_json, {R"({"a":1})"}, none, true},
        {"an object between blanks", with_json, {"\n  {\"a\":1}\n"}, none, true},
        {"prose", with_json, {"Here you are: {}"}, json, true},
        {"a fence", with_json, {"```json\n{}\n```"}, json, true},
        {"cut off", with_json, {R"({"a":)"}, json, true},
        {"nothing", with_json, {""}, empty, true},
        {"a refusal", with_json, {"I'm sorry, but I can't."}, json, true},
        {"it fits", with_schema, {R"({"city":"Ulm","days":2})"}, none, true},
        {"a member too much", with_schema, {R"({"city":"Ulm","sun":true})"}, schema, true},
        {"another type", with_schema, {R"({"city":"Ulm","days":"2"})"}, schema, true},
        {"a member too few", with_schema, {R"({"days":2})"}, schema, true},
        {"no JSON", with_schema, {"Ulm"}, json, true},
        {"prose where nobody asked for JSON", {}, {"Here you are: {"}, none},
    });
    EXPECT_EQ(found_in(api_kind::messages, {.schema = weather}, {"Ulm"}, false), none)
        << "a format of answers is not documented there";
}

TEST(answer_check, what_has_nothing_more_to_say_may_end_without_a_word) {
    const nlohmann::json user{{"role", "user"}, {"content", "Do it, as json."}};
    const sample_answer nothing{""};
    const auto after = [&](api_kind api, nlohmann::json more) {
        nlohmann::json messages = nlohmann::json::array({user});
        for (auto& m : more) messages.push_back(std::move(m));
        return found_in(api, {.more = {{api == api_kind::responses ? "input" : "messages", messages}}},
                        nothing, false);
    };
    const nlohmann::json call = nlohmann::json::parse(
        R"({"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function",)"
        R"("function":{"name":"now","arguments":"{}"}}]})");
    const nlohmann::json result{{"role", "tool"}, {"tool_call_id", "a"}, {"content", "noon"}};
    EXPECT_EQ(after(api_kind::chat, {call, result}), none);
    EXPECT_EQ(after(api_kind::chat, {call, result, user}), empty) << "a human asked since";
    EXPECT_EQ(
        after(
            api_kind::messages,
            nlohmann::json::parse(
                R"([{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"now","input":{}}]},)"
                R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"noon"}]}])")),
        none);
    EXPECT_EQ(after(api_kind::responses,
                    nlohmann::json::parse(
                        R"([{"type":"function_call","call_id":"a","name":"now","arguments":"{}"},)"
                        R"({"type":"function_call_output","call_id":"a","output":"noon"}])")),
              none);
    EXPECT_EQ(after(api_kind::messages, nlohmann::json::parse(R"([{"role":"assistant","content":"{"}])")),
              none);
}

TEST(answer_check, the_rest_of_an_answer_that_the_client_began_is_no_JSON_by_itself) {
    const nlohmann::json begun =
        nlohmann::json::parse(R"([{"role":"user","content":"As json."},)"
                              R"({"role":"assistant","content":"{\"a\":","prefix":true}])");
    sample_request asked{.json_object = true};
    EXPECT_EQ(found_in(api_kind::chat, asked, {"1}"}, false), answer_failure::json);
    asked.more = {{"messages", begun}};
    EXPECT_EQ(found_in(api_kind::chat, asked, {"1}"}, false), none);
}

TEST(answer_check, a_refusal_that_nobody_looks_for_is_not_taken_for_bad_JSON) {
    answer_checks wanted = all_checks();
    wanted.refusal = wanted.empty = false;
    const sample_answer filtered{.finish = "content_filter"};
    EXPECT_EQ(found_in(api_kind::chat, {.json_object = true}, filtered, false, wanted), none);
}

TEST(answer_check, a_call_names_a_tool_that_was_offered_and_fits_its_schema) {
    const auto call = [](std::string name, std::string arguments) {
        return sample_answer{.calls = {{std::move(name), std::move(arguments)}}, .finish = "tool_calls"};
    };
    sample_answer second_is_wrong{"Let me see.", {{"now", "{}"}, {"get_weather", "{}"}}, "tool_calls"};
    sample_answer both_right{
        "Let me see.", {{"now", "{}"}, {"get_weather", R"({"city":"Ulm","days":1})"}}, "tool_calls"};
    expect_all({
        {"right", with_tools, call("get_weather", R"({"city":"K\u00f6ln"})"), none},
        {"two of them and a text", with_tools, both_right, none},
        {"a tool that takes nothing", with_tools, call("now", "{}"), none},
        {"a tool that is given nothing", with_tools, call("now", ""), none},
        {"a needed argument is missing", with_tools, call("get_weather", R"({"days":1})"), tool_arguments},
        {"nothing where an argument is needed", with_tools, call("get_weather", ""), tool_arguments},
        {"another type", with_tools, call("get_weather", R"({"city":7})"), tool_arguments},
        {"one too many", with_tools, call("get_weather", R"({"city":"Ulm","sky":1})"), tool_arguments},
        {"no object", with_tools, call("now", "[1]"), tool_arguments},
        {"a strange tool", with_tools, call("get_wether", R"({"city":"Ulm"})"), tool_arguments},
        {"the second of two", with_tools, second_is_wrong, tool_arguments},
        {"a call without a text where JSON was to be",
         {.tools = {{"now", nlohmann::json::object()}}, .json_object = true},
         call("now", "{}"),
         none},
    });
    for (const bool stream : {false, true}) {
        for (const char* cut : {R"({"city":"Ul)", "Ulm", R"({"city":"Ulm"}})"}) {
            for (const api_kind api : {api_kind::chat, api_kind::responses}) {
                EXPECT_EQ(found_in(api, with_tools, call("get_weather", cut), stream), tool_arguments) << cut;
            }
        }
    }
    EXPECT_EQ(found_in(api_kind::messages, with_tools, call("get_weather", R"({"city":"Ul)"), true),
              tool_arguments);
}

TEST(answer_check, probabilities_count_where_the_client_asked_for_them) {
    const auto said = [](std::vector<double> logprobs) {
        return sample_answer{.text = "A low dam.", .logprobs = std::move(logprobs)};
    };
    const sample_request asked{.logprobs = true};
    for (const bool stream : {false, true}) {
        for (const api_kind api : {api_kind::chat, api_kind::responses}) {
            // The mean of exp(-0.1) and exp(-0.2) is 0.862, that of exp(-0.1) and exp(-0.3) is 0.823.
            EXPECT_EQ(found_in(api, asked, said({-0.1, -0.2}), stream), none);
            EXPECT_EQ(found_in(api, asked, said({-0.1, -0.3}), stream), unsure);
            EXPECT_EQ(found_in(api, asked, said({0.0, -9999.0}), stream), unsure);
            EXPECT_EQ(found_in(api, asked, said({}), stream), none) << "asked for, and not given";
            EXPECT_EQ(found_in(api, {}, said({-3.0}), stream), none) << "given, and not asked for";
        }
    }
    answer_checks not_looked_at = all_checks();
    not_looked_at.confidence_per_mille = 0;
    EXPECT_EQ(found_in(api_kind::chat, asked, said({-3.0}), false, not_looked_at), none);
}

TEST(answer_check, only_what_is_wanted_is_looked_for) {
    const std::vector<std::pair<answer_failure, std::pair<sample_request, sample_answer>>> all = {
        {broken_off, {{}, {.text = "A", .finish = "aborted"}}},
        {truncated, {{}, {.text = "A", .finish = "length"}}},
        {empty, {{}, {""}}},
        {tool_arguments, {with_tools, {.calls = {{"get_weather", "{}"}}}}},
        {answer_failure::json, {with_json, {"no"}}},
        {schema, {with_schema, {"{}"}}},
        {refusal, {{}, {"I cannot help with that."}}},
        {unsure, {{.logprobs = true}, {.text = "A", .logprobs = {-2.0}}}},
    };
    for (const auto& [kind, both] : all) {
        answer_checks without = all_checks();
        if (kind == broken_off) without.broken_off = false;
        if (kind == truncated) without.truncated = false;
        if (kind == empty) without.empty = false;
        if (kind == tool_arguments) without.tool_arguments = false;
        if (kind == answer_failure::json) without.json = false;
        if (kind == schema) without.schema = false;
        if (kind == refusal) without.refusal = false;
        if (kind == unsure) without.confidence_per_mille = 0;
        EXPECT_EQ(found_in(api_kind::chat, both.first, both.second, false), kind);
        EXPECT_EQ(found_in(api_kind::chat, both.first, both.second, false, without), none) << name_of(kind);
    }
    answer_checks schema_alone;
    schema_alone.schema = true;
    EXPECT_EQ(found_in(api_kind::chat, with_schema, {"no JSON"}, false, schema_alone), schema)
        << "what is no JSON fits no schema";
}

TEST(answer_check, an_empty_answer_is_right_where_the_client_may_have_wanted_it) {
    const sample_request stopped{.more = {{"stop", {"dam"}}, {"stop_sequences", {"dam"}}}};
    for (const api_kind api : {api_kind::chat, api_kind::messages}) {
        EXPECT_EQ(found_in(api, stopped, {""}, false), none);
    }
    const read_sample hole =
        read(api_kind::completions, R"({"choices":[{"text":"","finish_reason":"stop"}]})", false);
    const answer_demand fill =
        demand_in(api_kind::completions, R"({"model":"auto","prompt":"a","suffix":"b"})");
    EXPECT_EQ(check_answer(fill, all_checks(), hole.facts, hole.said), none) << "nothing is missing between";
}

TEST(answer_check, what_the_service_ran_itself_is_no_empty_answer) {
    const std::pair<api_kind, const char*> all[] = {
        {api_kind::messages,
         R"({"type":"message","content":[{"type":"server_tool_use","id":"s","name":"web",)"
         R"("input":{"q":"x"}}],"stop_reason":"pause_turn"})"},
        {api_kind::responses, R"({"object":"response","status":"completed","output":[)"
                              R"({"type":"web_search_call","id":"w","status":"completed"}]})"},
        {api_kind::chat, R"({"choices":[{"message":{"content":null,"function_call":{"name":"f",)"
                         R"("arguments":"{}"}},"finish_reason":"function_call"}]})"},
    };
    for (const auto& [api, bytes] : all) {
        const read_sample got = read(api, bytes, false);
        EXPECT_EQ(check_answer(demand_in(api, body_of(api, {})), all_checks(), got.facts, got.said), none)
            << bytes;
    }
}

TEST(answer_check, a_refusal_in_words_of_the_format_is_one) {
    const std::pair<api_kind, const char*> all[] = {
        {api_kind::chat,
         R"({"choices":[{"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}]})"},
        {api_kind::responses, R"({"object":"response","status":"completed","output":[{"type":"message",)"
                              R"("content":[{"type":"refusal","refusal":"No."}]}]})"},
        {api_kind::messages, R"({"type":"message","content":[],"stop_reason":"refusal"})"},
    };
    for (const auto& [api, bytes] : all) {
        const read_sample got = read(api, bytes, false);
        EXPECT_EQ(check_answer(demand_in(api, body_of(api, {})), all_checks(), got.facts, got.said), refusal)
            << bytes;
    }
    const read_sample none_said =
        read(api_kind::chat, R"({"choices":[{"message":{"content":"Yes.","refusal":null}}]})", false);
    EXPECT_FALSE(none_said.said.refused);
}

TEST(answer_demand, tools_of_every_kind_are_known_by_name) {
    const std::string chat =
        R"({"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function",)"
        R"("f\u0075nction":{"name":"a","parameters":{"type":"object"}}},)"
        R"({"type":"custom","custom":{"name":"b"}},)"
        R"({"type":"deepseek_web_search"}]})";
    const answer_demand d = demand_in(api_kind::chat, chat);
    ASSERT_EQ(d.tools.size(), 2u);
    EXPECT_EQ(d.tools[0].name + d.tools[0].schema, R"(a{"type":"object"})");
    EXPECT_TRUE(d.tools[1].bare);
    EXPECT_TRUE(d.tools_known);
    const answer_demand sets = demand_in(
        api_kind::responses,
        R"({"model":"m","input":"x","tools":[{"type":"namespace","name":"n","tools":[{"name":"inner"}]}]})");
    EXPECT_FALSE(sets.tools_known);
    const read_sample inner = read(api_kind::responses,
                                   R"({"object":"response","status":"completed","output":[{"type":)"
                                   R"("function_call","call_id":"1","name":"inner","arguments":"{}"}]})",
                                   false);
    EXPECT_EQ(check_answer(sets, all_checks(), inner.facts, inner.said), none);
}

TEST(answer_demand, what_is_kept_of_it_is_bounded) {
    sample_request asked;
    for (int i = 0; i < 40; ++i) asked.tools.emplace_back("tool_" + std::to_string(10 + i), weather);
    const std::string body = body_of(api_kind::chat, asked);
    const std::size_t each = weather.dump().size() + 7;
    const answer_demand some = demand_in(api_kind::chat, body, each * 10);
    std::size_t kept = some.schema.size();
    for (const auto& t : some.tools) kept += t.name.size() + t.schema.size();
    EXPECT_LE(kept, each * 10);
    EXPECT_GT(kept, each * 9);
    EXPECT_FALSE(some.tools.front().schema.empty());
    const answer_demand hardly = demand_in(api_kind::chat, body, 20);
    EXPECT_FALSE(hardly.tools_known) << "not even all names have room";
    const read_sample strange =
        read(api_kind::chat, written(api_kind::chat, {.calls = {{"tool_99", "{}"}}}, false), false);
    EXPECT_EQ(check_answer(hardly, all_checks(), strange.facts, strange.said), none);
    EXPECT_EQ(check_answer(some, all_checks(), strange.facts, strange.said), tool_arguments);
}

TEST(answer_turn, an_answer_too_long_to_keep_is_not_judged_by_its_text) {
    const sample_answer wrong{.text = std::string(3'000, ' '), .calls = {{"none_such", "{"}}};
    for (const api_kind api : {api_kind::chat, api_kind::responses}) {
        for (const bool stream : {false, true}) {
            const read_sample got = read(api, written(api, wrong, stream), stream, 1'000);
            EXPECT_TRUE(got.said.overflow);
            EXPECT_LE(got.said.bytes, 1'000u);
            EXPECT_EQ(
                check_answer(demand_in(api, body_of(api, with_tools)), all_checks(), got.facts, got.said),
                none);
        }
    }
}

TEST(answer_turn, calls_are_kept_only_where_they_are_wanted) {
    answer_turn plain;
    plain.bytes_max = 1'000;
    const std::string bytes = written(api_kind::chat, {.calls = {{"now", "{}"}}}, false);
    read_answer(api_of(api_kind::chat), padded_text(bytes), &plain);
    EXPECT_TRUE(plain.calls.empty());
    EXPECT_EQ(plain.call_ids, std::vector<std::string>{"call_0"});
}

TEST(answer_turn, parts_of_two_calls_that_alternate_are_told_apart) {
    std::string stream;
    const auto part = [&](int index, const char* more) {
        stream += R"(data: {"choices":[{"delta":{"tool_calls":[{"index":)" + std::to_string(index) + "," +
                  more + "}]}}]}\n\n";
    };
    part(0, R"("id":"a","function":{"name":"now","arguments":"{"})");
    part(1, R"("id":"b","function":{"name":"get_weather","arguments":"{\"city\":"})");
    part(0, R"("function":{"arguments":"}"})");
    part(1, R"("function":{"arguments":"\"Ulm\"}"})");
    const read_sample got = read(api_kind::chat, stream + "data: [DONE]\n\n", true);
    ASSERT_EQ(got.said.calls.size(), 2u);
    EXPECT_EQ(got.said.calls[0].name + got.said.calls[0].arguments, "now{}");
    EXPECT_EQ(got.said.calls[1].name + got.said.calls[1].arguments, R"(get_weather{"city":"Ulm"})");
}

}  // namespace
}  // namespace weir::dialect
