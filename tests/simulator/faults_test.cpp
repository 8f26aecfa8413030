// What a script can do to an answer.

#include "box.hpp"

namespace weir::simulator {
namespace {

const json stream{{"stream", true}};

answer scripted(const std::string& actions_text, const json& more = json::object()) {
    simulator box{script_of("default: {" + actions_text + "}")};
    return ask(box, chat("hi", more));
}

std::size_t count(const std::string& text, std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
    return n;
}

// Steps as "wait:bytes", where bytes is the number of events or 0.
std::string timing(const answer& said) {
    std::string text;
    for (const step& s : said.steps) {
        text += std::to_string(s.wait_ms) + ":" + std::to_string(count(s.payload, "data: ")) + " ";
    }
    return text;
}

TEST(faults, errors_have_the_usual_or_the_scripted_text) {
    for (const int status : {400, 402, 422, 429, 500, 502, 503}) {
        const answer said = scripted("status: " + std::to_string(status));
        EXPECT_EQ(said.status, status);
        EXPECT_FALSE(error_text(said).empty());
        EXPECT_FALSE(said.used.has_value());
        EXPECT_EQ(said.model, "deepseek-v4-flash");
    }
    EXPECT_EQ(error_text(scripted("status: 429, message: concurrency limit of 39")),
              "concurrency limit of 39");
    const answer raw =
        scripted("status: 502, raw_body: '<html>', content_type: text/html, headers: {Retry-After: 2}");
    EXPECT_EQ(raw.payload(), "<html>");
    EXPECT_EQ(raw.headers.at(0).value, "text/html");
    EXPECT_EQ(raw.headers.at(1).name, "Retry-After");
    EXPECT_EQ(raw.headers.at(1).value, "2");
}

TEST(faults, an_error_rule_needs_no_valid_body) {
    simulator box{script_of("default: {status: 503}")};
    EXPECT_EQ(ask(box, std::string("not json")).status, 503);
}

TEST(faults, pauses_stand_where_the_script_puts_them) {
    const answer said = scripted("delay_ms: 5, first_token_ms: 10, token_ms: 3, events: 2", stream);
    EXPECT_EQ(said.delay_ms, 5);
    // Role, thought, content, finish, [DONE].
    EXPECT_EQ(timing(said), "10:0 0:1 3:1 3:1 3:1 3:1 ");
}

TEST(faults, keep_alives_fill_the_wait_for_the_first_token) {
    const answer said = scripted("first_token_ms: 25, keep_alive_every_ms: 10", stream);
    ASSERT_GE(said.steps.size(), 4U);
    EXPECT_EQ(said.steps[0].payload, ": keep-alive\n\n");
    EXPECT_EQ(said.steps[1].wait_ms, 10);
    EXPECT_EQ(said.steps[1].payload, ": keep-alive\n\n");
    EXPECT_EQ(said.steps[2].wait_ms, 10);
    EXPECT_EQ(said.steps[3].wait_ms, 5);
    EXPECT_EQ(said.steps[3].payload, "");
    EXPECT_EQ(read_stream(said).comments.size(), 3U);
    EXPECT_TRUE(read_stream(said).done);

    const answer body = scripted("first_token_ms: 25, keep_alive_every_ms: 10");
    EXPECT_TRUE(body.payload().starts_with("\n\n\n{")) << body.payload();
    EXPECT_FALSE(body.length_known);
    EXPECT_FALSE(message_of(body)["content"].get<std::string>().empty()) << "blank lines do no harm";
}

TEST(faults, a_stream_breaks_after_so_many_events) {
    const std::pair<const char*, ending> table[]{{"cut_after_events", ending::cut},
                                                 {"stall_after_events", ending::stall}};
    for (const auto& [key, how] : table) {
        for (const int n : {0, 1, 3}) {
            const answer said = scripted(std::string(key) + ": " + std::to_string(n), stream);
            EXPECT_EQ(said.end, how) << key;
            EXPECT_EQ(count(said.payload(), "data: "), static_cast<std::size_t>(n)) << key;
            EXPECT_TRUE(said.used.has_value()) << "a broken answer is billed";
        }
        EXPECT_EQ(scripted(std::string(key) + ": 100000", stream).end, ending::complete) << "it ended before";
    }
}

TEST(faults, the_first_breach_wins) {
    const answer said = scripted("cut_after_events: 4, stall_after_events: 2", stream);
    EXPECT_EQ(said.end, ending::stall);
    EXPECT_EQ(count(said.payload(), "data: "), 2U);
}

TEST(faults, a_whole_body_breaks_in_its_middle) {
    const std::string intact = scripted("separate_events: true").payload();
    const answer half = scripted("cut_after_events: 1");
    EXPECT_EQ(half.end, ending::cut);
    EXPECT_FALSE(half.length_known);
    EXPECT_EQ(half.payload().size(), intact.size() / 2);
    EXPECT_EQ(scripted("cut_after_events: 0").payload(), "");
    EXPECT_EQ(scripted("cut_after_bytes: 17").payload(), intact.substr(0, 17));
    EXPECT_EQ(scripted("cut_after_bytes: 17").end, ending::cut);
}

TEST(faults, events_can_be_split_anywhere_and_separated) {
    const std::string intact = scripted("separate_events: true", stream).payload();
    for (const int n : {1, 7, 100}) {
        const answer said = scripted("chunk_bytes: " + std::to_string(n), stream);
        for (const step& s : said.steps) EXPECT_LE(s.payload.size(), static_cast<std::size_t>(n));
        EXPECT_EQ(said.payload(), intact);
    }
    const answer separate = scripted("separate_events: true", stream);
    EXPECT_EQ(separate.steps.size(), count(intact, "data: "));
}

TEST(faults, payloads_can_be_no_json_or_stop_short) {
    const auto parses = [](const answer& said) {
        return !json::parse(said.payload(), nullptr, false).is_discarded();
    };
    EXPECT_TRUE(parses(scripted("separate_events: true")));
    EXPECT_FALSE(parses(scripted("bad_json: true")));
    EXPECT_FALSE(parses(scripted("truncate_json: true")));
    EXPECT_FALSE(parses(scripted("garbage: true")));
    EXPECT_EQ(scripted("truncate_json: true").end, ending::complete) << "the framing is right";
    EXPECT_GT(scripted("garbage: true", stream).payload().size(), 20U) << "zero bytes do not end it";

    const std::string bad = scripted("bad_json: true", stream).payload();
    EXPECT_EQ(count(bad, "]\n\n"), 2U) << "the second event, and [DONE]: " << bad;
    const std::string cut = scripted("truncate_json: true", stream).payload();
    EXPECT_FALSE(cut.ends_with("\n\n"));
    EXPECT_EQ(count(cut, "[DONE]"), 0U);
    EXPECT_EQ(count(scripted("no_done: true", stream).payload(), "[DONE]"), 0U);
}

TEST(faults, the_answer_itself_can_be_chosen) {
    const json body =
        whole(scripted("served_model: other-model, finish_reason: insufficient_system_resource"));
    EXPECT_EQ(body["model"], "other-model");
    EXPECT_EQ(body["choices"][0]["finish_reason"], "insufficient_system_resource");
    EXPECT_EQ(message_of(scripted("content: 'exactly this'"))["content"], "exactly this");
    EXPECT_EQ(message_of(scripted("empty_content: true"))["content"], "");
    const answer long_one = scripted("output_tokens: 1234, reasoning_tokens: 77");
    EXPECT_EQ(long_one.used->reasoning, 77);
    EXPECT_EQ(long_one.used->output, 1234 + 77);
    EXPECT_FALSE(whole(scripted("no_usage: true")).contains("usage"));
    EXPECT_TRUE(whole(scripted("usage_null: true"))["usage"].is_null());
}

TEST(faults, as_many_events_as_wanted_carry_text) {
    for (const int n : {2, 10, 64}) {
        const stream_read read = read_stream(scripted("events: " + std::to_string(n), stream));
        EXPECT_EQ(read.chunks.size(), static_cast<std::size_t>(n) + 2) << "and role, and finish";
    }
}

}  // namespace
}  // namespace weir::simulator
