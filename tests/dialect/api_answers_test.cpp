// Answers of Responses and Messages, streamed and whole, and what the assistant said in any API.

#include "weir/dialect/answer_reader.hpp"
#include "weir/dialect/api.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::dialect {
namespace {

constexpr std::size_t event_max = 64 * 1024;
constexpr std::size_t turn_max = 64 * 1024;

struct told {
    answer_facts facts;
    answer_turn turn;
};

told streamed(api_kind api, std::string_view bytes, std::size_t step = 0, std::size_t bytes_max = turn_max) {
    told out;
    out.turn.bytes_max = bytes_max;
    stream_reader reader(api_of(api), event_max, &out.turn);
    if (step == 0) step = bytes.size();
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        reader.observe(bytes.substr(at, step));
        reader.facts();
    }
    out.facts = reader.facts();
    return out;
}

told whole(api_kind api, std::string_view json, std::size_t bytes_max = turn_max) {
    told out;
    out.turn.bytes_max = bytes_max;
    out.facts = read_answer(api_of(api), padded_text(json), &out.turn);
    return out;
}

std::string show(const answer_facts& f) {
    std::string out = "no usage";
    if (f.tokens) {
        out = std::to_string(f.tokens->hit) + "+" + std::to_string(f.tokens->miss) + "+" +
              std::to_string(f.tokens->output) + "/" + std::to_string(f.tokens->reasoning);
    }
    return out + (f.suspect ? " suspect" : "") + (f.output_open ? " open" : "") + " model=" + f.served_model +
           " id=" + f.id + " fp=" + f.fingerprint + " finish=" + f.finish_reason +
           (f.has_output ? " output" : "") + (f.done ? " done" : "") + (f.error ? " error" : "") +
           " sequence " + std::to_string(f.sequence) + " events " + std::to_string(f.events);
}

std::string show(const answer_turn& t) {
    std::string out = "text=" + t.text +
                      " reasoning=" + (t.has_reasoning ? "[" + t.reasoning + "]" : "none") +
                      " signature=" + t.signature + " calls=";
    for (const auto& id : t.call_ids) out += id + ",";
    return out + (t.overflow ? " overflow" : "");
}

std::string event(std::string_view type, std::string_view members) {
    return "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"," +
           std::string(members) + "}\n\n";
}

// ---- Responses ----

const std::string responses_head =
    event("response.created",
          R"("sequence_number":0,"response":{"id":"resp_1","object":"response","status":"in_progress",)"
          R"("model":"served","output":[],"usage":null,"error":null})") +
    event("response.in_progress",
          R"("sequence_number":1,"response":{"id":"resp_1","status":"in_progress","model":"served"})");

const std::string responses_body =
    event("response.output_item.added",
          R"("sequence_number":2,"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]})") +
    event("response.reasoning_text.delta", R"("sequence_number":3,"delta":"hm")") +
    event("response.output_text.delta", R"("sequence_number":4,"delta":"Hello \u00e9")") +
    event("response.output_text.delta", R"("sequence_number":5,"delta":" \ud83d\ude00.")") +
    event("response.output_text.done", R"("sequence_number":6,"text":"Hello \u00e9 \ud83d\ude00.")") +
    event("response.function_call_arguments.delta", R"("sequence_number":7,"delta":"{}")") +
    event("response.output_item.done",
          R"("sequence_number":8,"item":{"type":"function_call","call_id":"call_1","id":"fc_1","name":"f"})");

constexpr const char* responses_usage =
    R"("usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":60},"output_tokens":30,)"
    R"("output_tokens_details":{"reasoning_tokens":12},"total_tokens":130})";

const std::string responses_tail = event(
    "response.completed",
    R"("sequence_number":9,"response":{"id":"resp_1","object":"response","status":"completed","error":null,)"
    R"("incomplete_details":null,"model":"served","system_fingerprint":"fp_9","output":[)"
    R"({"type":"message","role":"assistant","content":[{"type":"output_text",)"
    R"("text":"Hello \u00e9 \ud83d\ude00."}]},)"
    R"({"type":"function_call","call_id":"call_1"}],)" +
        std::string(responses_usage) + "}");

constexpr const char* responses_facts =
    "60+40+30/12 model=served id=resp_1 fp=fp_9 finish=completed output done sequence 9 events 10";
constexpr const char* responses_said =
    "text=Hello \xC3\xA9 \xF0\x9F\x98\x80. reasoning=none signature= calls=call_1,";

TEST(responses_answer, a_stream_split_anywhere_says_the_same_and_says_it_once) {
    const std::string stream = responses_head + responses_body + responses_tail;
    for (const std::size_t step : {0U, 1U, 2U, 3U, 7U, 64U}) {
        const told t = streamed(api_kind::responses, stream, step);
        EXPECT_EQ(show(t.facts), responses_facts) << step;
        EXPECT_EQ(show(t.turn), responses_said) << step;
    }
}

TEST(responses_answer, only_the_terminal_event_ends_it) {
    const told open = streamed(api_kind::responses, responses_head + responses_body);
    EXPECT_FALSE(open.facts.done);
    EXPECT_EQ(open.facts.finish_reason, "");
    EXPECT_EQ(open.facts.sequence, 8);
    EXPECT_FALSE(streamed(api_kind::responses, responses_head + "data: [DONE]\n\n").facts.done);
    EXPECT_EQ(show(streamed(api_kind::responses,
                            responses_head + responses_body + responses_tail + "data: [DONE]\n\n")
                       .facts),
              responses_facts);
}

TEST(responses_answer, what_an_event_repeats_of_the_answer_so_far_is_not_said_again) {
    const std::string so_far =
        event("response.in_progress", R"("response":{"status":"in_progress","output":[{"type":"message",)"
                                      R"("content":[{"type":"output_text","text":"Hel"}]}]})");
    const std::string delta = event("response.output_text.delta", R"("delta":"Hello")");
    EXPECT_EQ(streamed(api_kind::responses, so_far + delta).turn.text, "Hello");
    // Where no delta came, the end tells it all.
    const std::string end =
        event("response.completed", R"("response":{"status":"completed","output":[{"type":"message",)"
                                    R"("content":[{"type":"output_text","text":"Hello"}]},)"
                                    R"({"type":"function_call","call_id":"c"}]})");
    EXPECT_EQ(show(streamed(api_kind::responses, end).turn), "text=Hello reasoning=none signature= calls=c,");
}

TEST(responses_answer, a_first_token_is_an_output_and_a_head_is_none) {
    EXPECT_FALSE(streamed(api_kind::responses, responses_head).facts.has_output);
    for (const char* type :
         {"response.output_text.delta", "response.reasoning_text.delta",
          "response.reasoning_summary_text.delta", "response.function_call_arguments.delta",
          "response.custom_tool_call_input.delta"}) {
        EXPECT_TRUE(streamed(api_kind::responses, event(type, R"("delta":"x")")).facts.has_output) << type;
        EXPECT_FALSE(streamed(api_kind::responses, event(type, R"("delta":"")")).facts.has_output) << type;
    }
}

TEST(responses_answer, how_it_ended_is_told) {
    const auto ended = [](const char* type, const char* members) {
        return streamed(api_kind::responses, event(type, members)).facts;
    };
    const auto incomplete = ended(
        "response.incomplete", R"("response":{"status":"incomplete","model":"m","usage":{"input_tokens":3,)"
                               R"("output_tokens":1},"incomplete_details":{"reason":"max_output_tokens"}})");
    EXPECT_EQ(show(incomplete), "0+3+1/0 model=m id= fp= finish=max_output_tokens done sequence -1 events 1");
    const auto failed = ended(
        "response.failed", R"("response":{"status":"failed","error":{"code":"server_error","message":"x"}})");
    EXPECT_TRUE(failed.done);
    EXPECT_TRUE(failed.error);
    EXPECT_EQ(failed.finish_reason, "failed");
    const auto error = ended("error", R"("code":"x","message":"y")");
    EXPECT_TRUE(error.error);
    EXPECT_FALSE(error.done);
}

TEST(responses_answer, a_whole_answer_is_read) {
    const std::string json =
        R"({"id":"resp_2","object":"response","status":"completed","model":"served","error":null,"output":[)"
        R"({"type":"reasoning","content":[{"type":"reasoning_text","text":"hm"}]},)"
        R"({"type":"message","content":[{"type":"output_text","text":"a"},{"type":"refusal","refusal":"r"},)"
        R"({"type":"output_text","text":"b"}]},{"type":"custom_tool_call","call_id":"c"}],)" +
        std::string(responses_usage) + "}";
    const told t = whole(api_kind::responses, "\n\n" + json);
    EXPECT_EQ(show(t.facts),
              "60+40+30/12 model=served id=resp_2 fp= finish=completed output done sequence -1 events 0");
    EXPECT_EQ(show(t.turn), "text=ab reasoning=none signature= calls=c,");
    for (std::size_t cut = 0; cut < json.size(); ++cut) {
        EXPECT_FALSE(whole(api_kind::responses, json.substr(0, cut)).facts.done) << cut;
    }
}

// ---- Messages ----

const std::string messages_start =
    event("message_start",
          R"("message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"served",)"
          R"("stop_reason":null,"usage":{"input_tokens":40,"cache_read_input_tokens":60,)"
          R"("cache_creation_input_tokens":5,"output_tokens":1}})");

const std::string messages_blocks =
    event("ping", R"("x":0)") +
    event("content_block_start",
          R"("index":0,"content_block":{"type":"thinking","thinking":"","signature":""})") +
    event("content_block_delta", R"("index":0,"delta":{"type":"thinking_delta","thinking":"h\u006d"})") +
    event("content_block_delta", R"("index":0,"delta":{"type":"signature_delta","signature":"s1"})") +
    event("content_block_stop", R"("index":0)") +
    event("content_block_start", R"("index":1,"content_block":{"type":"text","text":""})") +
    event("content_block_delta", R"("index":1,"delta":{"type":"text_delta","text":"Hello"})") +
    event("content_block_delta", R"("index":1,"delta":{"type":"text_delta","text":" you"})") +
    event("content_block_stop", R"("index":1)") +
    event("content_block_start",
          R"("index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}})") +
    event("content_block_delta",
          R"("index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"})") +
    event("content_block_stop", R"("index":2)");

const std::string messages_delta =
    event("message_delta",
          R"("delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":30})");
const std::string messages_stop = event("message_stop", R"("x":0)");

TEST(messages_answer, a_stream_split_anywhere_says_the_same_and_says_it_once) {
    const std::string stream = messages_start + messages_blocks + messages_delta + messages_stop;
    for (const std::size_t step : {0U, 1U, 2U, 3U, 7U, 64U}) {
        const told t = streamed(api_kind::messages, stream, step);
        EXPECT_EQ(show(t.facts),
                  "60+45+30/0 model=served id=msg_1 fp= finish=tool_use output done sequence -1 events 15")
            << step;
        EXPECT_EQ(show(t.turn), "text=Hello you reasoning=[hm] signature=s1 calls=toolu_1,") << step;
    }
}

TEST(messages_answer, only_message_stop_ends_it_and_an_output_count_may_be_open) {
    const auto facts = [](const std::string& stream) { return streamed(api_kind::messages, stream).facts; };
    EXPECT_EQ(show(facts(messages_start)),
              "60+45+1/0 open model=served id=msg_1 fp= finish= sequence -1 events 1");
    EXPECT_FALSE(facts(messages_start + messages_delta).done);
    EXPECT_FALSE(facts(messages_start + messages_delta).output_open);
    for (const std::string empty : {"null", "{}", R"({"output_tokens":null})"}) {
        EXPECT_TRUE(
            facts(messages_start + event("message_delta", R"("delta":{},"usage":)" + empty)).output_open)
            << empty;
    }
    EXPECT_FALSE(facts(messages_start + "data: [DONE]\n\n").done);
    EXPECT_TRUE(facts(messages_start + messages_stop + "data: [DONE]\n\n").done);
}

TEST(messages_answer, a_first_token_is_an_output_and_a_head_is_none) {
    const auto has_output = [](const std::string& stream) {
        return streamed(api_kind::messages, stream).facts.has_output;
    };
    EXPECT_FALSE(has_output(messages_start + event("ping", R"("x":0)")));
    EXPECT_FALSE(has_output(event("content_block_start", R"("content_block":{"type":"text","text":""})")));
    EXPECT_TRUE(has_output(event("content_block_start", R"("content_block":{"type":"tool_use","id":"x"})")));
    for (const char* delta : {R"("text_delta","text":)", R"("thinking_delta","thinking":)",
                              R"("input_json_delta","partial_json":)"}) {
        const std::string head = R"("delta":{"type":)" + std::string(delta);
        EXPECT_TRUE(has_output(event("content_block_delta", head + "\"x\"}"))) << delta;
        EXPECT_FALSE(has_output(event("content_block_delta", head + "\"\"}"))) << delta;
    }
}

TEST(messages_answer, each_count_is_the_last_that_was_told) {
    const auto usage = [](const std::vector<std::string>& deltas) {
        std::string stream = messages_start;
        for (const auto& d : deltas) stream += event("message_delta", "\"delta\":{},\"usage\":" + d);
        const answer_facts f = streamed(api_kind::messages, stream).facts;
        return show(f).substr(0, show(f).find(" model"));
    };
    EXPECT_EQ(usage({"{}"}), "60+45+1/0 open");
    EXPECT_EQ(usage({"null"}), "60+45+1/0 open");
    EXPECT_EQ(usage({R"({"output_tokens":7})", R"({"output_tokens":9})"}), "60+45+9/0");
    EXPECT_EQ(usage({R"({"input_tokens":41,"output_tokens":7})"}), "60+46+7/0");
    EXPECT_EQ(usage({R"({"input_tokens":null,"cache_read_input_tokens":61,"output_tokens":7})"}),
              "61+45+7/0");
    EXPECT_EQ(usage({R"({"cache_creation_input_tokens":0,"output_tokens":7})"}), "60+40+7/0");
    EXPECT_EQ(usage({R"({"input_tokens":1,"cache_creation_input_tokens":2,"cache_read_input_tokens":3,)"
                     R"("output_tokens":4})"}),
              "3+3+4/0");
    EXPECT_EQ(usage({R"({"output_tokens":-7})"}), "60+45+0/0 suspect");
    EXPECT_EQ(usage({R"({"output_tokens":"7"})", R"({"output_tokens":7})"}), "60+45+7/0 suspect");
    EXPECT_EQ(usage({R"({"prompt_tokens":10,"prompt_cache_hit_tokens":4,"completion_tokens":2})"}),
              "4+6+2/0");
    EXPECT_EQ(usage({R"({"input_tokens":9223372036854775807,"cache_creation_input_tokens":9})"}),
              "60+9223372036854775807+1/0 suspect open");
    const answer_facts alone = streamed(api_kind::messages, messages_delta).facts;
    EXPECT_TRUE(alone.suspect) << "an output without an input";
    EXPECT_EQ(alone.tokens->output, 30);
}

TEST(messages_answer, a_whole_answer_is_read) {
    const std::string json =
        R"({"id":"msg_2","type":"message","role":"assistant","model":"served","content":[)"
        R"({"type":"thinking","thinking":"one","signature":"s1"},{"type":"text","text":"a"},)"
        R"({"signature":"s2","thinking":"two","type":"thinking"},{"type":"tool_use","id":"t1","input":{}},)"
        R"({"type":"tool_use","id":"t2","input":{}}],"stop_reason":"end_turn","usage":{"input_tokens":3,)"
        R"("output_tokens":4}})";
    const told t = whole(api_kind::messages, json);
    EXPECT_EQ(show(t.facts),
              "0+3+4/0 model=served id=msg_2 fp= finish=end_turn output done sequence -1 events 0");
    EXPECT_EQ(show(t.turn), "text=a reasoning=[onetwo] signature=s2 calls=t1,t2,");
    const told redacted = whole(api_kind::messages,
                                R"({"type":"message","content":[{"type":"redacted_thinking","data":"x"}]})");
    EXPECT_TRUE(redacted.turn.has_reasoning);
}

// ---- any API ----

TEST(api_answers, an_error_is_seen_in_each_envelope) {
    for (const api_kind api :
         {api_kind::chat, api_kind::responses, api_kind::messages, api_kind::completions}) {
        const std::string deepseek =
            R"({"error":{"message":"no","type":"invalid_request_error","param":null,"code":"x"}})";
        EXPECT_TRUE(whole(api, deepseek).facts.error);
        EXPECT_TRUE(streamed(api, "data: " + deepseek + "\n\n").facts.error);
        const std::string own =
            api_of(api).error_event({errc::upstream_protocol, origin::upstream, "", {}}, {});
        EXPECT_TRUE(streamed(api, own).facts.error) << own;
        EXPECT_FALSE(streamed(api, "data: {\"error\":null}\n\n").facts.error);
    }
}

std::string chunk(const char* delta) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":" + std::string(delta) + "}]}\n\n";
}

TEST(chat_answer, what_was_said_is_kept_once_however_it_is_split) {
    const std::string stream =
        "data: {\"id\":\"c1\",\"system_fingerprint\":\"fp\",\"choices\":[{\"delta\":{\"role\":\"assistant\","
        "\"reasoning_content\":\"\",\"content\":null}}]}\n\n" +
        chunk(R"({"reasoning_content":"th\u0069nk"})") + chunk(R"({"content":"He"})") +
        chunk(R"({"content":"y"})") +
        chunk(R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f"}}]})") +
        chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"{}"}},{"index":1,"id":"b"}]})") +
        chunk(R"({"tool_calls":[{"index":0,"id":"a"},{"index":1,"id":""}]})") + "data: [DONE]\n\n";
    for (const std::size_t step : {0U, 1U, 3U, 50U}) {
        const told t = streamed(api_kind::chat, stream, step);
        EXPECT_EQ(show(t.turn), "text=Hey reasoning=[think] signature= calls=a,b,") << step;
        EXPECT_EQ(t.facts.id, "c1");
        EXPECT_EQ(t.facts.fingerprint, "fp");
        EXPECT_TRUE(t.facts.done);
    }
    EXPECT_TRUE(streamed(api_kind::chat, chunk(R"({"reasoning_content":""})")).turn.has_reasoning);
    EXPECT_FALSE(streamed(api_kind::chat, chunk(R"({"reasoning_content":null})")).turn.has_reasoning);
}

TEST(chat_answer, what_a_whole_answer_or_a_completion_says_is_kept) {
    EXPECT_EQ(show(whole(api_kind::chat, R"({"choices":[{"message":{"content":"a","reasoning_content":"b",)"
                                         R"("tool_calls":[{"id":"x"},{"id":"y"}]}}]})")
                       .turn),
              "text=a reasoning=[b] signature= calls=x,y,");
    EXPECT_EQ(show(whole(api_kind::completions, R"({"choices":[{"text":"a\nb","index":0}]})").turn),
              "text=a\nb reasoning=none signature= calls=");
    EXPECT_EQ(show(streamed(api_kind::completions,
                            "data: {\"choices\":[{\"text\":\"a\"}]}\n\n"
                            "data: {\"choices\":[{\"text\":\"b\"}]}\n\ndata: [DONE]\n\n")
                       .turn),
              "text=ab reasoning=none signature= calls=");
}

TEST(answer_turn, nothing_is_kept_beyond_its_bound) {
    const std::string stream = chunk(R"({"content":"12345"})") + chunk(R"({"content":"67890"})") +
                               chunk(R"({"content":"x"})") + chunk(R"({"content":""})");
    EXPECT_EQ(show(streamed(api_kind::chat, stream, 0, 11).turn),
              "text=1234567890x reasoning=none signature= calls=");
    EXPECT_EQ(show(streamed(api_kind::chat, stream, 0, 10).turn),
              "text=1234567890 reasoning=none signature= calls= overflow");
    EXPECT_EQ(show(streamed(api_kind::chat, stream, 0, 7).turn),
              "text=12345 reasoning=none signature= calls= overflow");
    EXPECT_EQ(show(streamed(api_kind::chat, stream, 0, 0).turn),
              "text= reasoning=none signature= calls= overflow");
    const std::string call = chunk(R"({"tool_calls":[{"id":"abcd"}]})");
    EXPECT_TRUE(streamed(api_kind::chat, call, 0, answer_turn::call_bytes + 3).turn.overflow);
    EXPECT_FALSE(streamed(api_kind::chat, call, 0, answer_turn::call_bytes + 4).turn.overflow);
}

TEST(answer_turn, an_event_that_was_not_read_leaves_it_incomplete) {
    const std::string large = chunk((R"({"content":")" + std::string(event_max, 'x') + "\"}").c_str());
    EXPECT_TRUE(streamed(api_kind::chat, chunk(R"({"content":"a"})") + large).turn.overflow);
}

}  // namespace
}  // namespace weir::dialect
