#include "box.hpp"

namespace weir::simulator {
namespace {

answer get(simulator& box, std::string_view path, std::string_view authorization = "Bearer sk-test") {
    return box.respond({"GET", path, authorization, ""}, test_now);
}

TEST(endpoints, chat_is_served_with_and_without_v1) {
    simulator box{default_script()};
    const std::string body = chat("hi").dump();
    EXPECT_EQ(ask(box, body, "/chat/completions").status, 200);
    EXPECT_EQ(ask(box, body, "/v1/chat/completions").status, 200);
    EXPECT_EQ(ask(box, body, "/v2/chat/completions").status, 404);
    EXPECT_EQ(get(box, "/chat/completions").status, 405);
    EXPECT_EQ(ask(box, body, "/models").status, 405);
}

TEST(endpoints, the_model_list_names_the_two_current_models) {
    simulator box{default_script()};
    for (const char* path : {"/models", "/v1/models"}) {
        const json list = whole(get(box, path));
        EXPECT_EQ(list["object"], "list");
        ASSERT_EQ(list["data"].size(), 2U) << list.dump();
        EXPECT_EQ(list["data"][0]["id"], "deepseek-flash");
        EXPECT_EQ(list["data"][1]["id"], "deepseek-v4-pro");
        EXPECT_EQ(list["data"][0]["context_window"], 1'048'576);
        EXPECT_EQ(list["data"][0]["effort"]["supported_levels"], json::array({"low", "high", "max"}));
        EXPECT_EQ(list["data"][0]["input_modalities"], json::array({"text", "image"}));
        EXPECT_EQ(list["data"][1]["input_modalities"], json::array({"text"}));
    }
}

TEST(endpoints, the_balance_is_decimal_text) {
    simulator box{script_of("balance: {currency: CNY, total: \"12.34\"}")};
    const json body = whole(get(box, "/user/balance"));
    EXPECT_EQ(body["is_available"], true);
    EXPECT_EQ(body["balance_infos"][0]["currency"], "CNY");
    EXPECT_EQ(body["balance_infos"][0]["total_balance"], "12.34");
}

TEST(endpoints, a_key_is_required_everywhere) {
    simulator box{default_script()};
    for (const char* authorization : {"", "Bearer ", "Basic abc", "sk-naked"}) {
        for (const char* path : {"/models", "/user/balance"}) {
            const answer said = get(box, path, authorization);
            EXPECT_EQ(said.status, 401) << path << " with " << authorization;
            EXPECT_EQ(whole(said)["error"]["type"], "authentication_error");
        }
        const std::string body = chat("hi").dump();
        EXPECT_EQ(box.respond({"POST", "/chat/completions", authorization, body}, test_now).status, 401);
    }
}

TEST(endpoints, keys_of_the_script_are_bad_or_broke) {
    simulator box{script_of("keys: {bad: [sk-bad-1234], broke: [sk-empty]}")};
    const answer bad = get(box, "/models", "Bearer sk-bad-1234");
    EXPECT_EQ(bad.status, 401);
    EXPECT_EQ(error_text(bad), "Authentication Fails, Your api key: ****1234 is invalid");
    const answer broke = get(box, "/models", "Bearer sk-empty");
    EXPECT_EQ(broke.status, 402);
    EXPECT_EQ(error_text(broke), "Insufficient Balance");
    EXPECT_EQ(get(box, "/models", "Bearer sk-good").status, 200);
}

TEST(endpoints, every_request_is_numbered) {
    simulator box{default_script()};
    EXPECT_EQ(get(box, "/models").number, 1);
    EXPECT_EQ(get(box, "/nowhere").number, 2);
    EXPECT_EQ(ask(box, chat("hi")).number, 3);
    EXPECT_EQ(box.requests(), 3);
}

}  // namespace
}  // namespace weir::simulator
