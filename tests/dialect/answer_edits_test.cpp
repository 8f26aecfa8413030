#include "weir/dialect/answer_edits.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace weir::dialect {
namespace {

constexpr std::size_t event_max = 4096;

// What comes out, step bytes at a time, with `rest`.
std::string passed(stream_edit& edit, std::string_view stream, std::size_t step = 0) {
    std::string out;
    if (step == 0) step = stream.size();
    for (std::size_t at = 0; at < stream.size(); at += step) out += edit.pass(stream.substr(at, step));
    return out += edit.rest();
}

std::string named(std::string_view stream, std::string asked = "auto", std::size_t step = 0) {
    stream_edit edit = stream_edit::name_model(std::move(asked), event_max);
    return passed(edit, stream, step);
}

std::string without_usage(std::string_view stream, std::size_t step = 0) {
    stream_edit edit = stream_edit::drop_usage(event_max);
    return passed(edit, stream, step);
}

std::string with_line_ends(std::string_view text, std::string_view end) {
    std::string out;
    for (const char c : text) c == '\n' ? out += end : out += c;
    return out;
}

std::string start_event(const std::string& model) {
    return "event: message_start\ndata: {\"type\":\"message_start\", \"message\":{\"id\":\"\xE4\xB8\xAD\","
           "\"content\":[],\"model\" : " +
           model + " ,\"usage\":{\"model\":\"x\"}}}\n\n";
}

const std::string keep_alives = ": keep-alive\n\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n";
const std::string later =
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":"
    "\"\\\"model\\\":\\\"served\\\" message_start\"}}\n\nevent: message_stop\ndata: "
    "{\"type\":\"message_stop\"}\n\n";

TEST(name_model, message_start_names_the_model_that_was_asked_for_and_all_else_stays) {
    for (const char* end : {"\n", "\r\n", "\r"}) {
        const std::string stream = with_line_ends(keep_alives + start_event("\"served\"") + later, end);
        const std::string wanted = with_line_ends(keep_alives + start_event("\"auto\"") + later, end);
        for (const std::size_t step : {0U, 1U, 2U, 3U, 5U, 11U, 100U}) {
            EXPECT_EQ(named(stream, "auto", step), wanted) << step;
        }
    }
}

TEST(name_model, a_change_is_told_and_no_change_too) {
    const auto changes = [](const std::string& stream) {
        stream_edit edit = stream_edit::name_model("auto", event_max);
        EXPECT_EQ(passed(edit, stream) != stream, edit.changed()) << stream;
        return edit.changed();
    };
    EXPECT_TRUE(changes(start_event("\"served\"")));
    EXPECT_FALSE(changes(start_event("\"auto\"")));
    EXPECT_FALSE(changes(start_event("null")));
    EXPECT_FALSE(changes(later));
    EXPECT_FALSE(changes("data: {\"type\":\"message_start\",\"message\":{}}\n\n"));
    EXPECT_FALSE(changes("data: {\"type\":\"message_start\",\"model\":\"served\"}\n\n"));
    EXPECT_FALSE(
        changes("data: {\"type\":\"other\",\"message\":{\"model\":\"m\",\"x\":\"message_start\"}}\n\n"));
    EXPECT_FALSE(changes("data: {\"type\":\"message_start\",\"message\":{\"model\":\"served"));
    EXPECT_FALSE(changes(""));
}

TEST(name_model, any_name_is_written_as_json) {
    const std::string asked = "a\"\\\n\x01\xE4\xB8\xAD/";
    const std::string out = named(start_event("\"served\""), asked);
    const std::size_t data = out.find("data: ") + 6;
    const auto json = nlohmann::json::parse(out.substr(data, out.size() - data - 2));
    EXPECT_EQ(json["message"]["model"], asked);
}

TEST(name_model, an_event_of_several_data_lines_is_read_as_one) {
    const std::string stream =
        "data: {\"type\":\ndata:\"message_start\",\r\n: comment\r\ndata: "
        "\"message\":{\"model\":\"served\"}}\n\n";
    std::string wanted = stream;
    wanted.replace(wanted.find("\"served\""), 8, "\"auto\"");
    for (const std::size_t step : {0U, 1U, 4U}) EXPECT_EQ(named(stream, "auto", step), wanted);
}

TEST(name_model, only_the_first_message_start_counts) {
    const std::string two = start_event("\"one\"") + start_event("\"two\"");
    EXPECT_EQ(named(two), start_event("\"auto\"") + start_event("\"two\""));
    EXPECT_EQ(named(two, "auto", 1), start_event("\"auto\"") + start_event("\"two\""));
}

TEST(name_model, bytes_are_held_for_one_event_at_most_and_for_none_once_it_is_done) {
    stream_edit edit = stream_edit::name_model("auto", event_max);
    EXPECT_EQ(edit.pass(": keep"), "");
    EXPECT_EQ(edit.pass("-alive\n"), ": keep-alive\n") << "a comment need not wait";
    EXPECT_EQ(edit.pass("\n"), "\n");
    EXPECT_EQ(edit.pass("event: ping\ndata: {}\n"), "");
    EXPECT_EQ(edit.pass("\n: half"), "event: ping\ndata: {}\n\n");
    EXPECT_EQ(edit.pass("\n" + start_event("\"served\"") + "data: {"),
              ": half\n" + start_event("\"auto\"") + "data: {");
    EXPECT_EQ(edit.pass("x"), "x");
    EXPECT_EQ(edit.rest(), "");
}

TEST(name_model, what_is_held_when_the_stream_is_cut_is_given_back) {
    const std::string stream = start_event("\"served\"");
    for (std::size_t cut = 0; cut < stream.size() - 1; ++cut) {
        stream_edit edit = stream_edit::name_model("auto", event_max);
        const std::string out = std::string(edit.pass(stream.substr(0, cut))) + std::string(edit.rest());
        EXPECT_EQ(out, stream.substr(0, cut));
        EXPECT_EQ(edit.rest(), "");
    }
}

TEST(name_model, an_event_too_long_passes_unread_as_it_comes) {
    const std::string big = "data: {\"type\":\"message_start\",\"message\":{\"model\":\"" +
                            std::string(event_max, 'x') + "\"}}\n\n";
    for (const std::size_t step : {0U, 1U, 100U}) EXPECT_EQ(named(big + later, "auto", step), big + later);
    stream_edit edit = stream_edit::name_model("auto", event_max);
    EXPECT_EQ(edit.pass(big.substr(0, 100)), "");
    EXPECT_EQ(edit.pass(big.substr(100, 4010)), big.substr(0, 4110));
    EXPECT_EQ(edit.pass("y"), "y");
}

const std::string content =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"usage\"}}],\"usage\":null}\n\n";
const std::string last =
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"a\":1}}\n\n";
const std::string alone = "data: {\"id\":\"1\",\"choices\":[ ] ,\"usage\":{\"prompt_tokens\":1}}\n\n";
const std::string done = "data: [DONE]\n\n";

TEST(drop_usage, a_chunk_of_usage_alone_is_taken_out_and_all_else_stays) {
    for (const char* end : {"\n", "\r\n", "\r"}) {
        const std::string stream = with_line_ends(": a\n\n" + content + last + alone + ": b\n\n" + done, end);
        const std::string wanted = with_line_ends(": a\n\n" + content + last + ": b\n\n" + done, end);
        for (const std::size_t step : {0U, 1U, 2U, 3U, 7U, 64U}) {
            EXPECT_EQ(without_usage(stream, step), wanted) << step;
        }
    }
}

TEST(drop_usage, only_usage_without_a_choice_is_such_a_chunk) {
    for (const char* data :
         {R"({"choices":[],"usage":null})", R"({"choices":[]})", R"({"usage":{"a":1}})",
          R"({"choices":[{}],"usage":{"a":1}})", R"({"choices":null,"usage":{}})",
          R"({"choices":[],"x":{"usage":{}}})", R"({"choices":[],"usage":{})", "[DONE] usage"}) {
        const std::string stream = "data: " + std::string(data) + "\n\n";
        stream_edit edit = stream_edit::drop_usage(event_max);
        EXPECT_EQ(passed(edit, stream), stream);
        EXPECT_FALSE(edit.changed());
    }
    stream_edit edit = stream_edit::drop_usage(event_max);
    EXPECT_EQ(passed(edit, "event: x\nid: 3\n" + alone), "");
    EXPECT_TRUE(edit.changed());
}

TEST(drop_usage, whole_events_pass_at_once_and_half_ones_wait) {
    stream_edit edit = stream_edit::drop_usage(event_max);
    EXPECT_EQ(edit.pass(content + alone.substr(0, 20)), content);
    EXPECT_EQ(edit.pass(alone.substr(20) + "data"), "");
    EXPECT_EQ(edit.pass(": [DONE]\n"), "");
    EXPECT_EQ(edit.pass("\n"), done);
    EXPECT_EQ(edit.rest(), "");
}

TEST(name_model, the_first_name_of_a_whole_answer_becomes_the_one_asked_for) {
    const std::string head = "\n\n {\"id\":\"x\",\"usage\":{\"model\":\"no\"},\"model\" : ";
    const std::string tail = ",\"model\":\"c\"}";
    const std::string answer = head + R"("a\"b")" + tail;
    EXPECT_EQ(name_model(answer, "cl\"aude"), head + R"("cl\"aude")" + tail);
    EXPECT_EQ(name_model(answer, "a\"b"), std::nullopt) << "it is named so already";
    const std::size_t end = head.size() + 6;
    for (std::size_t cut = 0; cut <= answer.size(); ++cut) {
        const auto named = name_model(std::string_view{answer}.substr(0, cut), "n");
        EXPECT_EQ(named,
                  cut < end ? std::nullopt : std::optional(head + "\"n\"" + answer.substr(end, cut - end)))
            << "cut at " << cut;
    }
    for (const char* none : {"", "\n", "{}", "[]", "{\"model\":5}", "{\"model\":null,\"x\":1}", "\"model\"",
                             "{\"x\":[{\"model\":\"a\"}]}", "<html>"}) {
        EXPECT_EQ(name_model(none, "n"), std::nullopt) << none;
    }
}

}  // namespace
}  // namespace weir::dialect
