// What only one tier reads or runs: refused for a pin on another, in the shape of its API, and moved for
// `auto`.
#include "support/running_weir.hpp"
#include "support/seen_request.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace weir {
namespace {

using namespace test;
using nlohmann::json;

struct asked {
    std::string path;
    std::string body;  // without its model
    std::string code;
    std::string field;
    std::string reason;
};

// Text that the shipped policy sends to Pro.
const std::string hard = "Prove that there are infinitely many primes.";

const std::vector<asked> all = {
    {"/v1/chat/completions",
     R"("messages":[{"role":"user","content":[{"type":"text","text":")" + hard +
         R"("},{"type":"file","file":{"file_id":"file-1"}}]}]})",
     "unsupported_file", "messages", "gate_files"},
    {"/v1/responses",
     R"("input":[{"role":"user","content":[{"type":"input_text","text":")" + hard +
         R"("},{"type":"input_file","file_id":"file-1"}]}]})",
     "unsupported_file", "input", "gate_files"},
    {"/anthropic/v1/messages",
     R"("max_tokens":900,"messages":[{"role":"user","content":[{"type":"text","text":")" + hard +
         R"("},{"type":"document","source":{"type":"base64",)"
         R"("media_type":"application/pdf","data":"AA"}}]}]})",
     "unsupported_file", "messages", "gate_files"},
    {"/v1/chat/completions",
     R"("tools":[{"type":"deepseek_web_search"}],"messages":[{"role":"user","content":")" + hard + R"("}]})",
     "unsupported_tool", "tools", "gate_tools"},
    {"/v1/responses", R"("tools":[{"type":"deepseek_read_url"}],"input":")" + hard + R"("})",
     "unsupported_tool", "tools", "gate_tools"},
    {"/anthropic/v1/messages",
     R"("max_tokens":900,"tools":[{"type":"deepseek_web_search","name":"s"}],"messages":[{"role":"user",)"
     R"("content":")" +
         hard + R"("}]})",
     "unsupported_tool", "tools", "gate_tools"},
};

std::string for_model(const std::string& model, const asked& one) {
    return R"({"model":")" + model + "\"," + one.body;
}

TEST(gates, what_pro_cannot_read_or_run_is_refused_for_its_pin_before_anything_is_sent) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    for (const asked& one : all) {
        const http_message answer = weir.ask(post(for_model("deepseek-v4-pro", one), "", one.path));
        EXPECT_EQ(answer.status(), 400) << one.path << answer.body;
        const json error = json::parse(answer.body);
        EXPECT_EQ(error.at("error").at("code"), one.code) << one.path;
        EXPECT_EQ(error.at("error").at("param"), one.field) << one.path;
        EXPECT_EQ(error.contains("type"), one.path == "/anthropic/v1/messages") << answer.body;
        EXPECT_EQ(json::parse(weir.row_of(answer)).at("outcome"), "refused") << one.path;
    }
    EXPECT_EQ(seen.count(), 0U);
}

TEST(gates, for_auto_it_goes_to_flash_whatever_the_policy_wants) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    const std::string plain = R"({"model":"auto","messages":[{"role":"user","content":")" + hard + R"("}]})";
    ASSERT_EQ(weir.ask(post(plain)).field("x-weir-tier"), "pro") << "or this test tells nothing";
    for (const asked& one : all) {
        const http_message answer = weir.ask(post(for_model("auto", one), "", one.path));
        EXPECT_EQ(answer.status(), 200) << one.path << answer.body;
        EXPECT_EQ(answer.field("x-weir-tier"), "flash") << one.path;
        EXPECT_EQ(answer.field("x-weir-reason"), one.reason) << one.path;
    }
}

TEST(gates, a_pin_that_reads_and_runs_them_gets_them_as_they_came) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    for (const asked& one : all) {
        const std::string body = for_model("deepseek-flash", one);
        EXPECT_EQ(weir.ask(post(body, "", one.path)).status(), 200) << one.path;
        EXPECT_EQ(seen.last().body, body);
    }
}

}  // namespace
}  // namespace weir
