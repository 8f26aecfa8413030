// With `mends: off` in the file, what a client writes for a pinned model goes upstream byte for byte,
// whatever DeepSeek will say to it.
#include "support/running_weir.hpp"
#include "support/seen_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {
namespace {

using namespace test;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// The file with `said` in place of its own mends, which end with the first empty line.
std::string with_mends(std::string file, const std::string& said) {
    const std::size_t begin = file.find("\nmends:\n") + 1;
    const std::size_t end = file.find("\n\n", begin);
    EXPECT_LT(begin, end);
    EXPECT_NE(end, std::string::npos);
    return file.replace(begin, end - begin, said);
}

// The shipped settings, read again from a file that says `mends` about mends; else like those at hand.
config::settings reread(const config::settings& like, const std::string& mends) {
    const scratch_folder folder;
    const auto copy = folder.path() / "config";
    std::filesystem::copy(WEIR_SOURCE_DIR "/config", copy, std::filesystem::copy_options::recursive);
    std::ifstream in(copy / "weir.yaml");
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::ofstream(copy / "weir.yaml") << with_mends(text, mends);
    config::overrides over;
    over.listen = "127.0.0.1:0";
    over.admin_listen = "127.0.0.1:0";
    over.upstream = "http://127.0.0.1:" + std::to_string(like.upstreams.front().port);
    over.ledger = like.ledger.file.string();
    const auto environment = [](std::string_view name) -> std::optional<std::string> {
        if (name == "DEEPSEEK_API_KEY") return "sk-upstream-secret";
        return std::nullopt;
    };
    auto loaded = config::load(copy / "weir.yaml", environment, over);
    if (!loaded) {
        for (const auto& p : loaded.error()) ADD_FAILURE() << config::to_text(p);
        std::abort();
    }
    loaded->front.workers = 1;
    loaded->log = like.log;
    return std::move(*loaded);
}

struct written {
    std::string mend;  // that would be made
    std::string path;
    std::string body;
};

const std::string chat_path = "/v1/chat/completions";
const std::string messages_path = "/anthropic/v1/messages";

std::string chat(const std::string& members, const std::string& turns = "") {
    return R"({ "model":"deepseek-v4-pro", )" + members + R"("messages":[{"role":"user","content":"hi"})" +
           turns + "] }";
}

const std::string tools = R"("tools":[{"type":"function","function":{"name":"f","parameters":{}}}],)";
const std::string turn_without_thinking =
    R"(,{"role":"assistant","content":"","tool_calls":[{"id":"call_x","type":"function","function":)"
    R"({"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_x","content":"ok"})";

const std::vector<written> all_mends = {
    {"developer_role", chat_path, chat("", R"(,{"role":"developer","content":"x"})")},
    {"max_completion_tokens", chat_path, chat(R"("max_completion_tokens":50,)")},
    {"effort_alias", chat_path, chat(R"("reasoning_effort":"ultra",)")},
    {"effort_alias", "/v1/responses",
     R"({"model":"deepseek-v4-pro","input":"hi","reasoning":{"effort":"ultra"}})"},
    {"effort_while_disabled", chat_path,
     chat(R"("thinking":{"type":"disabled"},"reasoning_effort":"high",)")},
    {"stream_options_alone", chat_path, chat(R"("stream_options":{"include_usage":true},)")},
    {"user_id", chat_path, chat(R"("user_id":"{\"a\":1}",)")},
    {"forced_tool_choice", chat_path, chat(tools + R"("tool_choice":"required",)")},
    {"json_schema", chat_path,
     chat(R"("response_format":{"type":"json_schema",)"
          R"("json_schema":{"name":"n","schema":{"type":"object"}}},)")},
    {"max_tokens", chat_path, chat(R"("max_tokens":9000000,)")},
    {"reasoning_empty", chat_path, chat(tools, turn_without_thinking)},
    {"reasoning_empty", messages_path,
     R"({"model":"deepseek-v4-pro","max_tokens":900,"tools":[{"name":"f","input_schema":{"type":"object"}}],)"
     R"("messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"ho"},)"
     R"({"role":"user","content":"hi"}]})"},
};

TEST(mends_off, in_the_file_leaves_each_body_for_a_pin_byte_for_byte) {
    for (const written& one : all_mends) {
        seen_request seen;
        const auto script = seen.answering(with_length("200 OK", answer_json));
        {
            running_weir weir(script);
            const http_message mended = weir.ask(post(one.body, "", one.path));
            EXPECT_THAT(mended.field("x-weir-mended"), HasSubstr(one.mend)) << "or this row tells nothing";
            EXPECT_NE(seen.last().body, one.body) << one.mend;
        }
        running_weir weir(script, [](config::settings& s) { s = reread(s, "mends: off"); });
        const http_message answer = weir.ask(post(one.body, "", one.path));
        EXPECT_EQ(answer.status(), 200) << one.mend << answer.body;
        EXPECT_EQ(seen.last().body, one.body) << one.mend;
        EXPECT_THAT(answer.head, Not(HasSubstr("x-weir-mended"))) << one.mend;
        EXPECT_EQ(answer.body, answer_json) << one.mend;
    }
}

TEST(mends_off, for_reasoning_alone_leaves_a_history_without_thinking_as_it_came) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)),
                      [](config::settings& s) { s = reread(s, "mends: {reasoning: off}"); });
    const std::string body = chat(tools, turn_without_thinking);
    const http_message answer = weir.ask(post(body));
    EXPECT_EQ(seen.last().body, body);
    EXPECT_EQ(answer.field("x-weir-effort"), "keep");
    EXPECT_THAT(answer.head, Not(HasSubstr("x-weir-mended")));
}

TEST(mends_off, asks_for_no_usage_even_where_the_upstream_tells_it_on_request_only) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)), [](config::settings& s) {
        s = reread(s, "mends: off");
        s.upstreams[0].usage_on_request = true;
    });
    const std::string body = chat(R"("stream":true,)");
    weir.ask(post(body));
    EXPECT_EQ(seen.last().body, body);
}

TEST(mends_off, leaves_the_answer_of_messages_the_name_that_it_came_with) {
    const std::string said = R"({"id":"m1","type":"message","role":"assistant","model":"deepseek-flash",)"
                             R"("content":[{"type":"text","text":"A low dam."}],"stop_reason":"end_turn",)"
                             R"("usage":{"input_tokens":6,"output_tokens":5}})";
    seen_request seen;
    const auto script = seen.answering(with_length("200 OK", said));
    const std::string body =
        R"({"model":"deepseek-v4-flash","max_tokens":900,"messages":[{"role":"user","content":"hi"}]})";
    {
        running_weir weir(script);
        EXPECT_THAT(weir.ask(post(body, "", messages_path)).field("x-weir-mended"),
                    HasSubstr("answer_model"));
    }
    running_weir weir(script, [](config::settings& s) { s = reread(s, "mends: off"); });
    EXPECT_EQ(weir.ask(post(body, "", messages_path)).body, said);
    EXPECT_EQ(seen.last().body, body);
}

// DeepSeek goes on with the last message, and demands no thinking for it.
TEST(mends, a_turn_that_the_client_has_begun_is_not_taken_for_one_without_thinking) {
    const std::string body = chat(tools, R"(,{"role":"assistant","content":"A weir is ","prefix":true})");
    for (const std::string said : {"mends: on", "mends: {reasoning: thinking_off}"}) {
        seen_request seen;
        running_weir weir(seen.answering(with_length("200 OK", answer_json)),
                          [&](config::settings& s) { s = reread(s, said); });
        const http_message answer = weir.ask(post(body, "", "/beta/chat/completions"));
        EXPECT_EQ(seen.last().body, body) << said;
        EXPECT_EQ(answer.field("x-weir-effort"), "keep") << said;
        EXPECT_THAT(answer.head, Not(HasSubstr("x-weir-mended"))) << said;
    }
}

TEST(mends, reasoning_off_is_told_in_the_answer_the_row_and_the_metrics) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)),
                      [](config::settings& s) { s = reread(s, "mends: {reasoning: thinking_off}"); });
    const http_message answer =
        weir.ask(post(chat(tools + R"("reasoning_effort":"max",)", turn_without_thinking)));
    const json sent = json::parse(seen.last().body);
    EXPECT_EQ(sent.at("thinking"), json({{"type", "disabled"}})) << sent;
    EXPECT_FALSE(sent.contains("reasoning_effort")) << sent;
    EXPECT_FALSE(sent.at("messages").at(1).contains("reasoning_content")) << sent;
    EXPECT_EQ(answer.field("x-weir-effort"), "none");
    EXPECT_EQ(answer.field("x-weir-mended"), "effort_while_disabled, reasoning_off");
    EXPECT_EQ(json::parse(weir.row_of(answer)).at("mended"), "effort_while_disabled, reasoning_off");
    wire admin = weir.connect_admin();
    admin.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string metrics = read_message(admin).body;
    EXPECT_THAT(metrics, HasSubstr("weir_mends_total{mend=\"reasoning_off\"} 1\n"));
    EXPECT_THAT(metrics, HasSubstr("weir_mends_total{mend=\"reasoning_empty\"} 0\n"));
}

}  // namespace
}  // namespace weir
