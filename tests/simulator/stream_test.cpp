#include "box.hpp"

namespace weir::simulator {
namespace {

json streamed(json more = json::object()) {
    more["stream"] = true;
    return more;
}
const json with_usage{{"stream", true}, {"stream_options", {{"include_usage", true}}}};

// How often `usage` is absent, null or an object, in order of chunks.
std::string usage_shape(const stream_read& read) {
    std::string shape;
    for (const json& chunk : read.chunks) {
        shape += !chunk.contains("usage") ? '-' : chunk["usage"].is_null() ? '0' : 'U';
    }
    return shape;
}

TEST(streams, say_what_the_whole_answer_says) {
    const json tool = tool_named("look_up", {{"required", json::array({"q"})}});
    const std::vector<json> cases{json::object(),
                                  {{"thinking", {{"type", "disabled"}}}},
                                  {{"reasoning_effort", "max"}},
                                  {{"max_tokens", 9}},
                                  {{"tools", json::array({tool})}}};
    for (const json& more : cases) {
        const json whole_said = whole(ask(chat("please look_up JSON", more)));
        const json& message = whole_said["choices"][0]["message"];
        const answer said = ask(chat("please look_up JSON", streamed(more)));
        const stream_read read = read_stream(said);
        EXPECT_TRUE(read.done);
        EXPECT_EQ(json(read.content), message["content"]) << more.dump();
        EXPECT_EQ(read.thought, message.value("reasoning_content", "")) << more.dump();
        EXPECT_EQ(json(read.finish_reason), whole_said["choices"][0]["finish_reason"]);
        EXPECT_EQ(read.chunks.back()["usage"], whole_said["usage"]) << more.dump();
        if (message.contains("tool_calls")) {
            EXPECT_EQ(json(read.call_id), message["tool_calls"][0]["id"]);
            EXPECT_EQ(read.call_name, "look_up");
            EXPECT_EQ(json(read.arguments), message["tool_calls"][0]["function"]["arguments"]);
        }
    }
}

TEST(streams, begin_with_the_role_and_think_before_they_speak) {
    const stream_read read = read_stream(ask(chat("hi", streamed())));
    EXPECT_EQ(read.chunks.front()["choices"][0]["delta"],
              (json{{"role", "assistant"}, {"content", nullptr}, {"reasoning_content", ""}}));
    bool spoke = false;
    for (std::size_t i = 1; i < read.chunks.size(); ++i) {
        const json& delta = read.chunks[i]["choices"][0]["delta"];
        EXPECT_NE(delta["content"].is_null(), delta["reasoning_content"].is_null()) << delta.dump();
        if (delta["content"].is_string()) spoke = true;
        EXPECT_FALSE(spoke && delta["reasoning_content"].is_string()) << "a thought after the answer began";
    }
    EXPECT_TRUE(spoke);
}

TEST(streams, share_id_model_and_date_in_every_chunk) {
    const stream_read read = read_stream(ask(chat("hi", streamed())));
    ASSERT_GT(read.chunks.size(), 3U);
    for (const json& chunk : read.chunks) {
        EXPECT_EQ(chunk["id"], read.chunks.front()["id"]);
        EXPECT_EQ(chunk["object"], "chat.completion.chunk");
        EXPECT_EQ(chunk["model"], "deepseek-v4-flash");
        EXPECT_EQ(chunk["created"], 1'795'000'000);
        ASSERT_EQ(chunk["choices"].size(), 1U);
        EXPECT_EQ(chunk["choices"][0]["index"], 0);
    }
}

TEST(streams, carry_usage_on_the_last_chunk_beside_the_finish_reason) {
    const stream_read plain = read_stream(ask(chat("hi", streamed())));
    EXPECT_EQ(usage_shape(plain), std::string(plain.chunks.size() - 1, '-') + "U");
    const stream_read asked = read_stream(ask(chat("hi", with_usage)));
    EXPECT_EQ(usage_shape(asked), std::string(asked.chunks.size() - 1, '0') + "U");
    for (const stream_read& read : {plain, asked}) {
        const json& last = read.chunks.back()["choices"][0];
        EXPECT_EQ(last["finish_reason"], "stop");
        EXPECT_EQ(last["delta"]["content"], "");
    }
}

TEST(streams, carry_usage_as_the_script_wants) {
    const auto shape = [](const char* script_text, const json& more) {
        simulator box{script_of(script_text)};
        const stream_read read = read_stream(ask(box, chat("hi", more)));
        std::string s = usage_shape(read);
        return s.substr(s.size() - 3) + (read.chunks.back()["choices"].empty() ? " extra" : "");
    };
    EXPECT_EQ(shape("default: {no_usage: true}", streamed()), "---");
    EXPECT_EQ(shape("default: {no_usage: true}", with_usage), "---");
    EXPECT_EQ(shape("default: {usage_null: true}", streamed()), "000");
    EXPECT_EQ(shape("default: {usage_separate_chunk: true}", streamed()), "--U extra");
    EXPECT_EQ(shape("default: {usage_separate_chunk: true}", with_usage), "00U extra");
}

TEST(streams, are_event_streams_and_whole_answers_are_json) {
    const answer stream = ask(chat("hi", streamed()));
    EXPECT_EQ(stream.headers.front().value, "text/event-stream; charset=utf-8");
    EXPECT_FALSE(stream.length_known);
    const answer body = ask(chat("hi"));
    EXPECT_EQ(body.headers.front().value, "application/json");
    EXPECT_TRUE(body.length_known);
    EXPECT_EQ(body.steps.size(), 1U);
}

TEST(streams, do_not_wait_and_are_joined_by_default) {
    const answer said = ask(chat("hi", streamed()));
    EXPECT_EQ(said.steps.size(), 1U);
    for (const step& s : said.steps) EXPECT_EQ(s.wait_ms, 0);
}

}  // namespace
}  // namespace weir::simulator
