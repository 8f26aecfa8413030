// Files and tools that need no model.

#include "typed.hpp"

namespace weir::simulator {
namespace {

answer send(simulator& box, std::string_view method, std::string_view path, std::string_view body = {}) {
    return box.respond({method, path, "Bearer sk-test", body}, test_now);
}

TEST(files, are_kept_listed_shown_and_removed) {
    simulator box{default_script()};
    const std::string bytes =
        "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n\xff\xfe\r\n--b--\r\n";
    const json made = whole(send(box, "POST", "/files", bytes));
    EXPECT_EQ(made["object"], "file");
    EXPECT_EQ(made["bytes"], bytes.size());
    const std::string id = made["id"];
    EXPECT_TRUE(id.starts_with("file-")) << id;
    const json other = whole(send(box, "POST", "/files", "x"));
    EXPECT_NE(other["id"], made["id"]);
    EXPECT_EQ(whole(send(box, "GET", "/files"))["data"], json::array({made, other}));
    EXPECT_EQ(whole(send(box, "GET", "/files/" + id)), made);
    EXPECT_EQ(whole(send(box, "DELETE", "/files/" + id))["deleted"], true);
    EXPECT_EQ(send(box, "GET", "/files/" + id).status, 404);
    EXPECT_EQ(send(box, "DELETE", "/files/" + id).status, 404);
    EXPECT_EQ(whole(send(box, "GET", "/files"))["data"], json::array({other}));
}

TEST(files, are_bounded_and_never_empty) {
    simulator box{default_script()};
    EXPECT_EQ(send(box, "POST", "/files", "").status, 400);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(send(box, "POST", "/files", "x").status, 200) << i;
    EXPECT_EQ(send(box, "POST", "/files", "x").status, 400);
}

TEST(files, need_a_key_and_a_method_that_they_take) {
    simulator box{default_script()};
    EXPECT_EQ(box.respond({"GET", "/files", "", ""}, test_now).status, 401);
    EXPECT_EQ(send(box, "DELETE", "/files").status, 405);
    EXPECT_EQ(send(box, "POST", "/files/x").status, 405);
    EXPECT_EQ(send(box, "GET", "/files/x/content").status, 404);
}

TEST(tools, search_and_fetch_answer_with_invented_pages) {
    simulator box{default_script()};
    const json found = whole(send(box, "POST", "/v1/tools/search", R"({"query":"weirs"})"));
    EXPECT_EQ(found["query"], "weirs");
    ASSERT_EQ(found["results"].size(), 3U) << found.dump();
    EXPECT_FALSE(found["results"][0]["snippet"].get<std::string>().empty());
    const json page = whole(send(box, "POST", "/v1/tools/fetch", R"({"url":"https://example.com/1"})"));
    EXPECT_EQ(page["url"], "https://example.com/1");
    EXPECT_FALSE(page["content"].get<std::string>().empty());
}

TEST(tools, refuse_what_they_cannot_use) {
    simulator box{default_script()};
    const std::pair<const char*, const char*> table[]{{"/v1/tools/search", "{}"},
                                                      {"/v1/tools/search", R"({"query":""})"},
                                                      {"/v1/tools/search", R"({"query":5})"},
                                                      {"/v1/tools/search", "[]"},
                                                      {"/v1/tools/search", "nothing"},
                                                      {"/v1/tools/fetch", "{}"},
                                                      {"/v1/tools/fetch", R"({"url":"file:///etc"})"}};
    for (const auto& [path, body] : table)
        EXPECT_EQ(send(box, "POST", path, body).status, 400) << path << body;
}

}  // namespace
}  // namespace weir::simulator
