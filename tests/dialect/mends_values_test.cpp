#include "weir/base/digest.hpp"
#include "weir/dialect/mends.hpp"

#include "mends_support.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

namespace weir::dialect {
namespace {

using test::all_on;
using test::chat_with;
using test::completions_with;
using test::expect_left;
using test::expect_mend;
using test::mended;
using test::messages_with;
using test::responses_with;

// ---- max_completion_tokens ----

TEST(mends, max_completion_tokens_becomes_max_tokens) {
    const mend m = mend::max_completion_tokens;
    expect_mend(m, api_kind::chat, chat_with(R"("max_completion_tokens" : 100,)"),
                chat_with(R"("max_tokens" : 100,)"));
    expect_mend(m, api_kind::chat, chat_with(R"("max_completion_\u0074okens":100,)"),
                chat_with(R"("max_tokens":100,)"));
    expect_mend(m, api_kind::chat, chat_with(R"("max_tokens":50,"a":1,"max_completion_tokens":100,)"),
                chat_with(R"("max_tokens":50,"a":1,)"));
    expect_mend(m, api_kind::chat, chat_with(R"("max_completion_tokens":100,"max_tokens":null,)"),
                chat_with(R"("max_tokens":100,)"));
}

TEST(mends, max_completion_tokens_is_chats_alone) {
    expect_left(api_kind::chat, chat_with(R"("max_completion_tokens":null,)"));
    expect_left(api_kind::chat, chat_with(R"("max_tokens":5,)"));
    expect_left(api_kind::responses, responses_with(R"("max_completion_tokens":5,)"));
    expect_left(api_kind::completions, completions_with(R"("max_completion_tokens":5,)"));
}

TEST(mends, max_completion_tokens_is_cut_as_well_where_it_is_too_much) {
    mend_request about = all_on();
    about.output_tokens_max = 60;
    const mended renamed(api_kind::chat, chat_with(R"("max_completion_tokens":100,)"), about);
    EXPECT_EQ(renamed.text, chat_with(R"("max_tokens":60,)"));
    EXPECT_EQ(renamed.made.made.text(), "max_completion_tokens, max_tokens");
    const mended both(api_kind::chat, chat_with(R"("max_tokens":70,"max_completion_tokens":100,)"), about);
    EXPECT_EQ(both.text, chat_with(R"("max_tokens":60,)"));
    const mended wrong(api_kind::chat, chat_with(R"("max_tokens":"a","max_completion_tokens":100,)"), about);
    EXPECT_EQ(wrong.text, chat_with(R"("max_tokens":"a",)"));
    EXPECT_EQ(wrong.made.made.text(), "max_completion_tokens");
}

// ---- max_tokens ----

TEST(mends, max_tokens_over_what_the_model_gives_becomes_that) {
    mend_request about = all_on();
    about.output_tokens_max = 1000;
    const mend m = mend::max_tokens;
    expect_mend(m, api_kind::chat, chat_with(R"("max_tokens":1001,)"), chat_with(R"("max_tokens":1000,)"),
                about);
    expect_mend(m, api_kind::messages, messages_with(R"("max_tokens": 9223372036854775807 ,)"),
                messages_with(R"("max_tokens": 1000 ,)"), about);
    expect_mend(m, api_kind::responses, responses_with(R"("max_output_tokens":5000,)"),
                responses_with(R"("max_output_tokens":1000,)"), about);
    expect_mend(m, api_kind::completions, completions_with(R"("max_tokens":5000,)"),
                completions_with(R"("max_tokens":1000,)"), about);
    for (const std::string fine : {"1000", "1", "0", "null", "-5", "1e9", "\"5000\""}) {
        expect_left(api_kind::chat, chat_with("\"max_tokens\":" + fine + ","), about);
    }
    expect_left(api_kind::chat, chat_with(""), about);
}

TEST(mends, max_tokens_past_the_context_leaves_room_for_the_input) {
    mend_request about = all_on();
    about.context_tokens_max = 100'000;
    about.input_tokens = 40'000;
    const mend m = mend::max_tokens;
    expect_mend(m, api_kind::chat, chat_with(R"("max_tokens":60001,)"), chat_with(R"("max_tokens":48976,)"),
                about);
    expect_left(api_kind::chat, chat_with(R"("max_tokens":60000,)"), about);
    about.output_tokens_max = 70'000;
    expect_mend(m, api_kind::chat, chat_with(R"("max_tokens":384000,)"), chat_with(R"("max_tokens":48976,)"),
                about);
    about.output_tokens_max = 1'000;
    expect_mend(m, api_kind::chat, chat_with(R"("max_tokens":384000,)"), chat_with(R"("max_tokens":1000,)"),
                about);
}

// 8,192 tokens are left for the answer of a cautious guess, or all that the estimate leaves.
TEST(mends, max_tokens_near_the_end_of_the_context_are_not_cut_on_a_guess) {
    mend_request about = all_on();
    about.context_tokens_max = 100'000;
    const std::pair<std::int64_t, std::int64_t> edges[] = {
        {72'624, 8'196}, {72'627, 8'192}, {72'628, 27'372}, {79'180, 20'820}, {99'000, 1'000}, {99'999, 1}};
    for (const auto& [input, allowed] : edges) {
        about.input_tokens = input;
        const mended m(api_kind::chat, chat_with(R"("max_tokens":90000,)"), about);
        EXPECT_EQ(m.text, chat_with("\"max_tokens\":" + std::to_string(allowed) + ",")) << input;
        EXPECT_EQ(m.made.made.text(), "max_tokens") << input;
        expect_left(api_kind::chat, chat_with("\"max_tokens\":" + std::to_string(allowed) + ","), about);
    }
    about.input_tokens = 99'000;
    about.output_tokens_max = 400;
    EXPECT_EQ(mended(api_kind::chat, chat_with(R"("max_tokens":90000,)"), about).text,
              chat_with(R"("max_tokens":400,)"));
}

TEST(mends, max_tokens_stays_where_the_estimate_fills_the_context) {
    mend_request about = all_on();
    about.context_tokens_max = 100'000;
    for (const std::int64_t input : {100'000, 100'001, 5'000'000}) {
        about.input_tokens = input;
        expect_left(api_kind::chat, chat_with(R"("max_tokens":90000,)"), about);
    }
}

// ---- user_id ----

std::string hashed(std::string_view id) { return "\"u_" + hex(sha256(id), 16) + "\""; }

TEST(mends, user_id_with_other_characters_becomes_a_stable_hash) {
    const mend m = mend::user_id;
    expect_mend(m, api_kind::chat, chat_with(R"("user_id": "a b",)"),
                chat_with("\"user_id\": " + hashed("a b") + ","));
    expect_mend(m, api_kind::completions, completions_with(R"("user_id":"a.b",)"),
                completions_with("\"user_id\":" + hashed("a.b") + ","));
    expect_mend(m, api_kind::responses, responses_with(R"("user":"a@b",)"),
                responses_with("\"user\":" + hashed("a@b") + ","));
    const std::string json = R"("{\"device_id\":\"1\",\"session\":\"\u00e9\"}")";
    expect_mend(m, api_kind::messages, messages_with("\"metadata\":{\"a\":1, \"user_id\":" + json + "},"),
                messages_with("\"metadata\":{\"a\":1, \"user_id\":" +
                              hashed("{\"device_id\":\"1\",\"session\":\"\xC3\xA9\"}") + "},"));
}

TEST(mends, user_id_is_hashed_as_it_reads_not_as_it_is_written) {
    const mended plain(api_kind::chat, chat_with(R"("user_id":"a b",)"), all_on());
    const mended escaped(api_kind::chat, chat_with(R"("user_id":"\u0061 b",)"), all_on());
    EXPECT_EQ(plain.text, escaped.text);
    EXPECT_NE(plain.text, mended(api_kind::chat, chat_with(R"("user_id":"a c",)"), all_on()).text);
    EXPECT_EQ(nlohmann::json::parse(plain.text)["user_id"].get<std::string>().size(), 34u);
}

TEST(mends, user_id_of_512_plain_characters_is_left) {
    expect_left(api_kind::chat, chat_with("\"user_id\":\"" + std::string(512, 'a') + "\","));
    expect_left(api_kind::chat, chat_with(R"("user_id":"AZaz09_-",)"));
    expect_left(api_kind::chat, chat_with(R"("user_id":"\u0061",)"));
    expect_left(api_kind::chat, chat_with(R"("user_id":null,)"));
    expect_left(api_kind::chat, chat_with(R"("user_id":5,)"));
    expect_left(api_kind::chat, chat_with(R"("user":"of OpenAI, which is not this field here",)"));
    expect_left(api_kind::messages, messages_with(R"("metadata":{"user_id":"plain"},)"));
    expect_mend(mend::user_id, api_kind::chat, chat_with("\"user_id\":\"" + std::string(513, 'a') + "\","),
                chat_with("\"user_id\":" + hashed(std::string(513, 'a')) + ","));
    expect_mend(mend::user_id, api_kind::chat, chat_with(R"("user_id":"",)"),
                chat_with("\"user_id\":" + hashed("") + ","));
}

// ---- stream_options ----

TEST(mends, stream_options_alone_are_dropped) {
    const mend m = mend::stream_options_alone;
    expect_mend(m, api_kind::chat, chat_with(R"("stream_options":{"include_usage":true},)"), chat_with(""));
    expect_mend(m, api_kind::chat, chat_with(R"("stream":false,"stream_options":{},)"),
                chat_with(R"("stream":false,)"));
    expect_mend(m, api_kind::completions, completions_with(R"("stream_options":{"include_usage":true},)"),
                completions_with(""));
    expect_left(api_kind::chat, chat_with(R"("stream":true,"stream_options":{"include_usage":true},)"));
    expect_left(api_kind::chat, chat_with(R"("stream_options":null,)"));
    expect_left(api_kind::responses, responses_with(R"("stream_options":{"include_usage":true},)"));
}

mend_request usage_on_request() {
    mend_request about = all_on();
    about.usage_on_request = true;
    return about;
}

TEST(mends, include_usage_is_asked_for_and_its_chunk_taken_out_again) {
    const mend m = mend::include_usage;
    const std::string asked = R"("stream_options":{"include_usage":true},)";
    expect_mend(m, api_kind::chat, chat_with(R"("stream":true,)"), chat_with(asked + R"("stream":true,)"),
                usage_on_request());
    expect_mend(m, api_kind::completions, completions_with(R"("stream":true,)"),
                completions_with(asked + R"("stream":true,)"), usage_on_request());
    expect_mend(m, api_kind::chat, chat_with(R"("stream":true,"stream_options":null,)"),
                chat_with(R"("stream":true,)" + asked), usage_on_request());
    expect_mend(m, api_kind::chat, chat_with(R"("stream":true,"stream_options":{"a":1},)"),
                chat_with(R"("stream":true,"stream_options":{"include_usage":true,"a":1},)"),
                usage_on_request());
    expect_mend(m, api_kind::chat, chat_with(R"("stream":true,"stream_options":{"include_usage":false},)"),
                chat_with(R"("stream":true,)" + asked), usage_on_request());
    EXPECT_TRUE(
        mended(api_kind::chat, chat_with(R"("stream":true,)"), usage_on_request()).made.drop_usage_chunk);
}

TEST(mends, include_usage_stays_out_where_nobody_needs_it) {
    expect_left(api_kind::chat, chat_with(R"("stream":true,)"));
    expect_left(api_kind::chat, chat_with(""), usage_on_request());
    expect_left(api_kind::chat, chat_with(R"("stream":true,"stream_options":{"include_usage":true},)"),
                usage_on_request());
    expect_left(api_kind::chat, chat_with(R"("stream":true,"stream_options":"x",)"), usage_on_request());
    expect_left(api_kind::responses, responses_with(R"("stream":true,)"), usage_on_request());
    expect_left(api_kind::messages, messages_with(R"("stream":true,)"), usage_on_request());
}

// ---- answer_model ----

TEST(mends, answer_model_is_no_change_of_a_body) {
    expect_left(api_kind::messages, messages_with(""));
    mend_request about = all_on();
    about.model = "other";
    EXPECT_FALSE(mended(api_kind::messages, messages_with(""), about).made.made.has(mend::answer_model));
}

}  // namespace
}  // namespace weir::dialect
