#pragma once
// weir before the project's own strict DeepSeek, both in this process; and the same DeepSeek with nobody
// between, which says what becomes of a body that is not mended.

#include "weir/simulator/server.hpp"
#include "weir/simulator/simulator.hpp"

#include "support/running_weir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::pitfalls {

using nlohmann::json;
using test::http_message;

inline const std::string chat_path = "/v1/chat/completions";
inline const std::string messages_path = "/anthropic/v1/messages";
inline const std::string responses_path = "/v1/responses";

inline simulator::script script_of(const std::string& yaml) {
    auto read = simulator::parse_script(yaml);
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().detail);
    return read ? std::move(*read) : simulator::default_script();
}

// An answer that came without weir.
struct unmended {
    int status = 0;
    std::string body;
};

inline unmended ask_box(simulator::simulator& box, const std::string& body,
                        const std::string& path = chat_path) {
    const auto now = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
    const simulator::answer said = box.respond({"POST", path, "Bearer sk-any", body}, now);
    return {said.status, said.payload()};
}

class deepseek_behind_weir {
public:
    using change = test::running_weir::change;

    explicit deepseek_behind_weir(
        const std::string& script = "", const change& changed = [](config::settings&) {})
        : alone_(script_of(script)),
          upstream_(open(script_of(script), journal())),
          weir_([](test::wire&, int) {},
                [&](config::settings& s) {
                    s.upstreams.front().port = upstream_->port();
                    changed(s);
                }) {}

    http_message ask(const std::string& body, const std::string& path = chat_path) const {
        return weir_.ask(test::post(body, "", path));
    }
    http_message ask(const json& body, const std::string& path = chat_path) const {
        return ask(body.dump(), path);
    }
    // The same without weir; leaves no trace in what weir's upstream knows.
    unmended ask_alone(const json& body, const std::string& path = chat_path) {
        return ask_box(alone_, body.dump(), path);
    }

    json row_of(const http_message& answer) const { return json::parse(weir_.row_of(answer)); }
    // What reached DeepSeek last, byte for byte.
    std::string sent_text() const { return seen().at("body").get<std::string>(); }
    json sent() const { return json::parse(sent_text()); }
    // What DeepSeek billed for it.
    usage billed() const {
        const json used = seen().at("usage");
        if (used.is_null()) return {};
        const auto count = [&](const char* name) { return used.at(name).get<std::int64_t>(); };
        return {count("prompt_cache_hit_tokens"), count("prompt_cache_miss_tokens"),
                count("completion_tokens"), count("reasoning_tokens")};
    }
    std::int64_t requests() const { return upstream_->requests(); }
    test::running_weir& weir() { return weir_; }

private:
    static std::unique_ptr<simulator::simulator_server> open(simulator::script rules,
                                                             const std::filesystem::path& journal) {
        auto opened = simulator::simulator_server::open({.rules = std::move(rules), .journal = journal});
        if (!opened) {
            ADD_FAILURE() << opened.error().detail;
            std::abort();
        }
        (*opened)->start();
        return std::move(*opened);
    }
    std::filesystem::path journal() const { return folder_.path() / "journal.jsonl"; }
    json seen() const {
        std::ifstream in(journal());
        std::string last;
        for (std::string line; std::getline(in, line);) last = line;
        EXPECT_FALSE(last.empty()) << "nothing reached DeepSeek";
        return last.empty() ? json::parse(R"({"body":"{}","usage":null})") : json::parse(last);
    }

    test::scratch_folder folder_;
    simulator::simulator alone_;
    std::unique_ptr<simulator::simulator_server> upstream_;
    test::running_weir weir_;
};

// An upstream that gives `answers` one after the other, whatever it is asked, and the last one from then on.
inline test::scripted_upstream::script answering_in_turn(std::vector<std::string> answers) {
    const auto next = std::make_shared<std::atomic<std::size_t>>(0);
    return [answers = std::move(answers), next](test::wire& w, int) {
        while (!test::read_message(w).head.empty()) w.send(answers[std::min((*next)++, answers.size() - 1)]);
    };
}

// ---- what is expected ----

inline std::string mended(const http_message& answer) { return answer.field("x-weir-mended"); }

inline void expect_refused(const unmended& said, std::string_view words) {
    EXPECT_EQ(said.status, 400) << "DeepSeek does not mind: " << said.body;
    EXPECT_NE(said.body.find(words), std::string::npos) << said.body;
}
inline void expect_served(const http_message& answer) {
    ASSERT_EQ(answer.status(), 200) << answer.head << answer.body;
}
inline void expect_tokens(const json& row, const usage& billed) {
    const json& tokens = row.at("tokens");
    EXPECT_EQ(tokens.at("hit"), billed.hit) << row;
    EXPECT_EQ(tokens.at("miss"), billed.miss) << row;
    EXPECT_EQ(tokens.at("output"), billed.output) << row;
    EXPECT_EQ(row.at("estimated"), false) << row;
}

inline const std::string reasoning_demanded =
    "The reasoning_content in the thinking mode must be passed back to the API.";
inline const std::string thinking_demanded =
    "The `content[].thinking` in the thinking mode must be passed back to the API.";

// ---- bodies ----

// With one required argument; the simulator's model calls it where the last message says "run".
inline json run_tool() {
    return json::parse(R"({"type":"function","function":{"name":"run","description":"Runs a command.",)"
                       R"("parameters":{"type":"object","properties":{"command":{"type":"string"}},)"
                       R"("required":["command"]}}})");
}
inline json with_run_tool() { return {{"tools", json::array({run_tool()})}}; }

inline json user(const std::string& text) { return {{"role", "user"}, {"content", text}}; }

inline json chat(const std::string& model, json messages, const json& more = json::object()) {
    json body{{"model", model}, {"messages", std::move(messages)}};
    body.update(more);
    return body;
}
inline json chat(const std::string& model, const std::string& text, const json& more = json::object()) {
    return chat(model, json::array({user(text)}), more);
}

inline json chat(const std::string& model, const char* text, const json& more = json::object()) {
    return chat(model, std::string(text), more);
}

// ---- answers of chat ----

inline json message_of(const std::string& body) {
    return json::parse(body).at("choices").at(0).at("message");
}
inline json message_of(const http_message& answer) { return message_of(answer.body); }

// As a client keeps it that never heard of reasoning_content.
inline json forgetful(json message) {
    message.erase("reasoning_content");
    return message;
}

// The conversation so far, the answer as `kept`, and a result for each call of it.
inline json with_results(json messages, const json& kept) {
    messages.push_back(kept);
    for (const json& call : kept.value("tool_calls", json::array())) {
        messages.push_back({{"role", "tool"}, {"tool_call_id", call.at("id")}, {"content", "a.txt"}});
    }
    return messages;
}

// A stream put together as clients do it.
struct streamed {
    std::string content;
    std::string reasoning;
    json calls = json::array();
    std::string finish_reason;
    json usage;
};

inline void add_delta(streamed& into, const json& delta) {
    const auto text = [&](const char* name) {
        return delta.contains(name) && delta.at(name).is_string() ? delta.at(name).get<std::string>() : "";
    };
    into.content += text("content");
    into.reasoning += text("reasoning_content");
    for (const json& part : delta.value("tool_calls", json::array())) {
        if (part.contains("id")) {
            into.calls.push_back({{"id", part.at("id")}, {"type", part.at("type")}});
            into.calls.back()["function"] = {{"name", part.at("function").at("name")}, {"arguments", ""}};
        }
        json& arguments = into.calls.back()["function"]["arguments"];
        arguments = arguments.get<std::string>() + part.at("function").at("arguments").get<std::string>();
    }
}

inline streamed stream_of(std::string_view payload) {
    streamed whole;
    for (std::size_t end = 0; (end = payload.find("\n\n")) != std::string_view::npos;) {
        const std::string_view event = payload.substr(0, end);
        payload.remove_prefix(end + 2);
        if (!event.starts_with("data: {")) continue;
        const json chunk = json::parse(event.substr(6));
        if (chunk.contains("usage") && !chunk.at("usage").is_null()) whole.usage = chunk.at("usage");
        for (const json& choice : chunk.at("choices")) {
            add_delta(whole, choice.at("delta"));
            if (choice.at("finish_reason").is_string())
                whole.finish_reason = choice.at("finish_reason").get<std::string>();
        }
    }
    return whole;
}

}  // namespace weir::pitfalls
