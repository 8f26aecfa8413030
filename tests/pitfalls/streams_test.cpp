// Streams that count for nothing, leak, fall silent or are cut: bugs 13, 14, 26, 28, 34 and 36 of
// docs/pitfalls.md.
#include "pitfalls/support.hpp"

namespace weir::pitfalls {
namespace {

using namespace test;
using testing::HasSubstr;

const std::string text_event = event(R"({"content":"A low dam."})");
const std::string finish = R"("finish_reason":"stop")";
const std::string zero_usage = R"("usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,)"
                               R"("prompt_cache_hit_tokens":0,"prompt_cache_miss_tokens":0})";
const std::string usage_alone =
    R"(data: {"id":"c1","model":"deepseek-v4-flash","choices":[],)" + usage_json + "}\n\n";

// One chunk with a finish reason, and with `usage` after its choices.
std::string finish_event(const std::string& usage) {
    return R"(data: {"id":"c1","model":"deepseek-v4-flash","choices":[{"index":0,"delta":{"content":""},)" +
           finish + "}]," + usage + "}\n\n";
}
std::string with_usage(std::string chunk_text, const std::string& usage) {
    return chunk_text.replace(chunk_text.rfind("}\n\n"), 1, "," + usage + "}");
}

std::string streaming(const std::string& payload) { return stream_head + chunk(payload) + "0\r\n\r\n"; }

TEST(pitfall_13, the_last_usage_that_is_one_counts_wherever_it_rides) {
    const std::string null_usage = R"("usage":null)";
    const struct {
        std::string what, payload;
    } all[] = {
        {"on the chunk that ends the choice", text_event + finish_event(usage_json)},
        {"after nulls", with_usage(text_event, null_usage) + finish_event(usage_json)},
        {"after zeros", with_usage(text_event, zero_usage) + finish_event(usage_json)},
        {"in a chunk without choices", text_event + event("{}", finish) + usage_alone},
        {"before a chunk that says null",
         text_event + finish_event(usage_json) + with_usage(event("{}"), null_usage)},
        {"on a chunk of text", with_usage(text_event, usage_json) + event("{}", finish)},
    };
    std::vector<std::string> answers;
    for (const auto& one : all) answers.push_back(streaming(one.payload + done_event));
    running_weir weir(answering_in_turn(answers));
    for (const auto& one : all) {
        SCOPED_TRACE(one.what);
        const http_message answer = weir.ask(post(hello_stream));
        EXPECT_EQ(answer.body, one.payload + done_event);
        const json row = json::parse(weir.row_of(answer));
        expect_tokens(row, {4, 6, 5, 2});
        EXPECT_GT(row.at("cost_pico").get<std::int64_t>(), 0);
    }
}

TEST(pitfall_13, the_row_of_a_stream_has_what_deepseek_billed_asked_for_or_not) {
    for (const std::string script : {"", "default: {usage_separate_chunk: true}"}) {
        deepseek_behind_weir both(script);
        for (const bool asks : {false, true}) {
            json body = chat("deepseek-flash", "What is a weir?", {{"stream", true}});
            if (asks) body["stream_options"] = {{"include_usage", true}};
            const http_message answer = both.ask(body);
            expect_served(answer);
            ASSERT_GT(both.billed().output, 0);
            expect_tokens(both.row_of(answer), both.billed());
            EXPECT_EQ(stream_of(answer.body).usage.at("completion_tokens"), both.billed().output)
                << "the client sees it too";
        }
    }
}

TEST(pitfall_14, a_stream_without_any_usage_is_estimated_and_not_free) {
    deepseek_behind_weir both("default: {no_usage: true}");
    const http_message answer = both.ask(chat("deepseek-flash", "What is a weir?", {{"stream", true}}));
    expect_served(answer);
    const json row = both.row_of(answer);
    EXPECT_EQ(row.at("estimated"), true) << row;
    EXPECT_GT(row.at("tokens").at("miss").get<int>(), 0) << row;
    EXPECT_GT(row.at("tokens").at("output").get<int>(), 0) << row;
    EXPECT_GT(row.at("cost_pico").get<std::int64_t>(), 0) << row;
}

TEST(pitfall_14, an_upstream_that_tells_usage_only_when_asked_is_asked) {
    // Usage is there only where the body asks for it, as a chunk of its own.
    const auto reluctant = [](wire& w, int) {
        const http_message m = read_message(w);
        const json options = json::parse(m.body).value("stream_options", json::object());
        const bool asked = options.value("include_usage", false);
        w.send(stream_head +
               chunk(text_event + event("{}", finish) + (asked ? usage_alone : "") + done_event) +
               "0\r\n\r\n");
    };
    running_weir weir(reluctant, [](config::settings& s) { s.upstreams.front().usage_on_request = true; });
    const http_message answer = weir.ask(post(hello_stream));
    EXPECT_EQ(mended(answer), "include_usage");
    EXPECT_EQ(answer.body, text_event + event("{}", finish) + done_event) << "the client did not ask for it";
    expect_tokens(json::parse(weir.row_of(answer)), {4, 6, 5, 2});
}

const std::string leaked = "<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"run\">";

// Nobody but the model's host can parse it: what leaked is text, and stays the text that it was.
TEST(pitfall_26, markup_that_leaks_into_the_content_passes_byte_for_byte_however_it_is_split) {
    const std::string payload = event(json{{"content", leaked}}.dump()) + last_event + done_event;
    running_weir weir([&](wire& w, int) {
        read_message(w);
        w.send(stream_head);
        for (std::size_t i = 0; i < payload.size(); i += 3) w.send(chunk(payload.substr(i, 3)));
        w.send("0\r\n\r\n");
        w.wait_end(patience);
    });
    const http_message answer = weir.ask(post(hello_stream));
    EXPECT_EQ(answer.body, payload);
    EXPECT_EQ(stream_of(answer.body).calls, json::array()) << "no call is made of it";
}

// The leak begins with a request that has calls in its history and no tools any more: not by weir's doing.
TEST(pitfall_26, the_list_of_tools_is_never_taken_out_or_emptied) {
    deepseek_behind_weir both;
    const json history = json::parse(
        R"([{"role":"user","content":"run ls"},{"role":"assistant","content":"","reasoning_content":"Hm.",)"
        R"("tool_calls":[{"id":"call_1","type":"function","function":{"name":"run","arguments":"{}"}}]},)"
        R"({"role":"tool","tool_call_id":"call_1","content":"a.txt"},{"role":"user","content":"Go on."}])");
    for (const std::string model : {"auto", "deepseek-v4-pro", "deepseek-chat"}) {
        for (const std::string choice : {"auto", "none", "required"}) {
            json body = chat(model, history, with_run_tool());
            body["tool_choice"] = choice;
            const http_message answer = both.ask(body);
            EXPECT_EQ(answer.status(), 200) << body << answer.body;
            EXPECT_EQ(both.sent().at("tools"), body.at("tools")) << body;
        }
    }
    const std::string without = chat("deepseek-v4-pro", history).dump();
    expect_served(both.ask(without));
    EXPECT_EQ(both.sent_text(), without) << "nor is one invented";
}

// A balancer that hears nothing for a minute cuts the connection, so what DeepSeek says in the meantime has
// to arrive in the meantime.
TEST(pitfall_28, each_keep_alive_reaches_the_client_while_the_model_still_thinks) {
    const struct {
        std::string path, body, beat, rest;
    } all[] = {
        {chat_path, hello_stream, ": keep-alive\n\n", text_event + last_event + done_event},
        {messages_path,
         R"({"model":"claude-opus-4-8","max_tokens":9,"stream":true,)"
         R"("messages":[{"role":"user","content":"hi"}]})",
         "event: ping\ndata: {\"type\":\"ping\"}\n\n",
         "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"},
    };
    for (const auto& one : all) {
        gate heard;
        running_weir weir([&](wire& w, int) {
            read_message(w);
            w.send(stream_head);
            for (int beat = 0; beat < 3; ++beat) {
                w.send(chunk(one.beat));
                if (!heard.pass()) return;
            }
            w.send(chunk(one.rest) + "0\r\n\r\n");
            w.wait_end(patience);
        });
        wire client = weir.connect();
        client.send(post(one.body, "", one.path));
        EXPECT_THAT(client.read_through("\r\n\r\n"), HasSubstr("HTTP/1.1 200 OK")) << one.path;
        for (int beat = 0; beat < 3; ++beat) {
            // Whole and alone, while upstream waits for the client to have it.
            ASSERT_EQ(client.read_bytes(chunk(one.beat).size()), chunk(one.beat)) << one.path;
            heard.open();
        }
        EXPECT_THAT(client.read_through("\r\n0\r\n\r\n"), HasSubstr(one.rest.substr(0, 20))) << one.path;
    }
}

// A beat of weir's own within an event would break it: there is none, however an event is torn.
TEST(pitfall_28, nothing_is_put_between_the_halves_of_an_event) {
    gate go_on;
    running_weir weir([&](wire& w, int) {
        read_message(w);
        w.send(stream_head + chunk(text_event.substr(0, 40)));
        if (!go_on.pass()) return;
        w.send(chunk(text_event.substr(40) + last_event + done_event) + "0\r\n\r\n");
        w.wait_end(patience);
    });
    wire client = weir.connect();
    client.send(post(hello_stream));
    client.read_through("\r\n\r\n");
    EXPECT_EQ(client.read_bytes(chunk(text_event.substr(0, 40)).size()), chunk(text_event.substr(0, 40)));
    go_on.open();
    EXPECT_EQ(client.read_through("\r\n0\r\n\r\n"),
              chunk(text_event.substr(40) + last_event + done_event) + "0\r\n\r\n");
}

// An answer that is not streamed is given in one piece, the blank lines before it included.
TEST(pitfall_28, the_blank_lines_before_a_whole_answer_come_with_it) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int beat = 0; beat < 3; ++beat) w.send(chunk("\n"));
        w.send(chunk(answer_json) + "0\r\n\r\n");
        w.wait_end(patience);
    });
    const http_message answer = weir.ask(post(hello));
    EXPECT_EQ(answer.body, "\n\n\n" + answer_json);
    expect_tokens(json::parse(weir.row_of(answer)), {4, 6, 5, 2});
}

const std::string odd_history =
    R"({ "model":"deepseek-v4-pro", "messages":[{"role":"user","content":"run ls"},{"content":null,)"
    R"("role":"assistant","reasoning_content":"Hm\u2026","tool_calls":[{"type":"function","id":"call_1",)"
    R"("function":{"arguments":"{ \"command\" :\t\"ls\" }","name":"run"}}],"x_vendor":{"n":[1E2,2.50,-0]}},)"
    R"({"role":"tool","content":"a.txt","tool_call_id":"call_1"}],"tools":[{"function":{"name":"run",)"
    R"("parameters":{}},"type":"function"}],"x_trace" : null})";

TEST(pitfall_34, a_history_of_tool_calls_goes_up_with_every_byte_it_came_with) {
    deepseek_behind_weir both;
    json without_type = json::parse(odd_history);
    without_type["messages"][1]["tool_calls"][0].erase("type");
    expect_refused(both.ask_alone(without_type), "missing field `type`");
    const http_message answer = both.ask(odd_history);
    expect_served(answer);
    EXPECT_EQ(both.sent_text(), odd_history);
    EXPECT_EQ(mended(answer), "");
}

TEST(pitfall_34, an_answer_that_deepseek_cut_for_want_of_resources_says_so_and_is_billed) {
    const std::string cut = "insufficient_system_resource";
    deepseek_behind_weir both("default: {finish_reason: " + cut + "}");
    for (const bool stream : {false, true}) {
        const http_message answer = both.ask(chat("deepseek-flash", "What is a weir?", {{"stream", stream}}));
        expect_served(answer);
        EXPECT_EQ(stream ? stream_of(answer.body).finish_reason
                         : json::parse(answer.body)["choices"][0]["finish_reason"].get<std::string>(),
                  cut);
        const json row = both.row_of(answer);
        EXPECT_EQ(row.at("finish_reason"), cut) << row;
        expect_tokens(row, both.billed());
        EXPECT_GT(row.at("cost_pico").get<std::int64_t>(), 0) << row;
    }
}

TEST(pitfall_36, reasoning_of_any_length_passes_even_where_it_is_too_long_to_keep) {
    constexpr std::size_t pieces = 48;
    const std::string piece = event(R"({"reasoning_content":")" + std::string(60'000, 'h') + "\"}");
    running_weir weir([&](wire& w, int) {
        read_message(w);
        w.send(stream_head);
        for (std::size_t i = 0; i < pieces; ++i) w.send(chunk(piece));
        w.send(chunk(last_event + done_event) + "0\r\n\r\n");
        w.wait_end(patience);
    });
    std::string body = hello_stream;
    body.insert(1, R"("tools":[{"type":"function","function":{"name":"run","parameters":{}}}],)");
    const http_message answer = weir.ask(post(body));
    EXPECT_EQ(answer.body.size(), pieces * piece.size() + last_event.size() + done_event.size());
    EXPECT_THAT(answer.body, testing::EndsWith(last_event + done_event));
    EXPECT_GT(answer.body.size(), std::size_t{2} * state::store_bounds{}.turn_bytes_max);
    expect_tokens(json::parse(weir.row_of(answer)), {4, 6, 5, 2});
}

TEST(pitfall_36, a_client_that_gives_up_stops_the_thinking_and_is_billed_for_what_there_was) {
    gate upstream_ended;
    running_weir weir([&](wire& w, int) {
        read_message(w);
        w.send(stream_head);
        const std::string piece = event(R"({"reasoning_content":"Hm, and again, "})");
        for (int i = 0; i < 50; ++i) w.send(chunk(piece));
        if (w.wait_end(patience)) upstream_ended.open();
    });
    {
        wire client = weir.connect();
        client.send(post(hello_stream));
        for (int i = 0; i < 50; ++i) client.read_through("and again");
    }
    EXPECT_TRUE(upstream_ended.pass()) << "upstream thinks on for nobody";
    const metering::report_line total = weir.stop_and_report();
    EXPECT_EQ(total.requests, 1);
    EXPECT_EQ(total.estimated, 1);
    EXPECT_GT(total.tokens.output, 40);
    EXPECT_GT(total.cost, pricing::pico_sum{});
}

}  // namespace
}  // namespace weir::pitfalls
