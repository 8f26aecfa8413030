#pragma once
// Bodies in the shapes of real clients, in odd writing, and what each shall be like when it goes upstream.

#include "weir/base/digest.hpp"
#include "weir/dialect/body_index.hpp"

#include "random_json.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect::test {

// A text before and after the changes that are allowed, and where these are.
class twin_text {
public:
    void same(std::string_view text) {
        before_ += text;
        after_ += text;
    }
    void changed(std::string_view from, std::string_view to) {
        changes_.push_back({{before_.size(), from.size()}, {after_.size(), to.size()}});
        before_ += from;
        after_ += to;
    }
    const std::string& before() const noexcept { return before_; }
    const std::string& after() const noexcept { return after_; }

    // SHA-256 of all that may not change: of the text as it was, and of what became of it.
    std::string digest_before() const { return digest(before_, &change::from); }
    std::string digest_after(std::string_view text) const { return digest(text, &change::to); }

private:
    struct change {
        place from;
        place to;
    };
    std::string digest(std::string_view text, place change::* of) const {
        std::string kept;
        std::size_t at = 0;
        for (const change& c : changes_) {
            const place where = c.*of;
            if (where.offset + where.length > text.size()) return "too short";
            kept += text.substr(at, where.offset - at);
            at = where.offset + where.length;
        }
        kept += text.substr(at);
        return hex(sha256(kept));
    }

    std::string before_;
    std::string after_;
    std::vector<change> changes_;
};

struct made_body {
    twin_text text;
    std::string model;  // as the client asked for it
    bool stream = false;
    std::size_t members = 0;
    std::size_t messages = 0;
    std::size_t calls = 0;
    std::size_t results = 0;
};

class body_maker {
public:
    // `mends`: whether those are on that the bodies need.
    body_maker(dice& d, api_kind api, std::string_view model_sent, bool mends)
        : d_(d), api_(api), model_sent_(model_sent), mends_(mends) {}

    made_body make() {
        writers members = {[this] { model(); }, [this] { conversation(); }};
        if (d_.chance(70)) members.push_back([this] { stream(); });
        if (d_.chance(50)) members.push_back([this] { user_id(); });
        if (d_.chance(60)) members.push_back([this] { max_tokens(); });
        if (api_ != api_kind::completions) members.push_back([this] { tools(); });
        if (api_ == api_kind::messages) members.push_back([this] { system(); });
        if (api_ == api_kind::responses) members.push_back([this] { instructions(); });
        for (std::size_t left = d_.below(6); left > 0; --left) members.push_back([this] { unknown(); });
        out_.members = members.size();
        same(random_blank(d_));
        object(std::move(members));
        same(random_blank(d_));
        return std::move(out_);
    }

private:
    using writers = std::vector<std::function<void()>>;

    void same(std::string_view text) { out_.text.same(text); }
    void key(std::string_view name) { same(written(d_, name) + random_blank(d_) + ":" + random_blank(d_)); }
    void string_member(std::string_view name, std::string_view value) {
        key(name);
        same(written(d_, value));
    }
    void text_member(std::string_view name) {
        key(name);
        same(random_string(d_, 6));
    }
    void list(const writers& items, char open, char close) {
        same({&open, 1});
        for (std::size_t i = 0; i < items.size(); ++i) {
            same((i > 0 ? "," : "") + random_blank(d_));
            items[i]();
            same(random_blank(d_));
        }
        same({&close, 1});
    }
    void object(writers members) {
        d_.shuffle(members);
        list(members, '{', '}');
    }
    void array(const writers& items) { list(items, '[', ']'); }

    // ---- members of the body ----

    void model() {
        key("model");
        out_.model = d_.pick<const char*>({"auto", "some-model", "weir-auto"});
        const std::string asked = written(d_, out_.model);
        out_.text.changed(asked, "\"" + model_sent_ + "\"");
    }
    void stream() {
        key("stream");
        out_.stream = d_.chance(70);
        same(out_.stream ? "true" : d_.chance(50) ? "false" : "null");
    }
    void unknown() {
        key(d_.pick<const char*>({"temperature", "x", "x", "store", "client_metadata", "seed", "top_p",
                                  "parallel_tool_calls", "service_tier", "context_management"}));
        same(random_value(d_, 4));
    }
    void user_id_value() {
        const std::string id = d_.pick<const char*>({"plain-Id_1", "{\\\"device\\\":\\\"d\\\"}", "a b"});
        const std::string meaning = id.starts_with('{') ? "{\"device\":\"d\"}" : id;
        const bool mended = mends_ && id != "plain-Id_1";
        if (mended) {
            out_.text.changed("\"" + id + "\"", "\"u_" + hex(sha256(meaning), 16) + "\"");
        } else {
            same("\"" + id + "\"");
        }
    }
    void user_id() {
        if (api_ == api_kind::messages) {
            key("metadata");
            object({[this] {
                        key("user_id");
                        user_id_value();
                    },
                    [this] { unknown(); }});
            return;
        }
        key(api_ == api_kind::responses ? "user" : "user_id");
        user_id_value();
    }
    void max_tokens() {
        if (api_ == api_kind::responses) {
            key("max_output_tokens");
        } else if (api_ == api_kind::chat && d_.chance(50)) {
            const std::string name = written(d_, "max_completion_tokens");
            if (mends_) {
                out_.text.changed(name, "\"max_tokens\"");
            } else {
                same(name);
            }
            same(random_blank(d_) + ":" + random_blank(d_));
        } else {
            key("max_tokens");
        }
        same(std::to_string(1 + d_.below(100'000)));
    }
    void tools() {
        key("tools");
        writers items;
        for (std::size_t left = d_.below(3); left > 0; --left) {
            items.push_back([this] { same(random_container(d_, 3, true)); });
        }
        array(items);
    }
    void system() {
        ++out_.messages;
        key("system");
        if (d_.chance(50)) return same(random_string(d_, 8));
        array({[this] { part("text"); }, [this] { part("text"); }});
    }
    void instructions() {
        ++out_.messages;
        text_member("instructions");
    }

    // ---- the conversation ----

    void part(const char* type) {
        object(
            {[&] { string_member("type", type); }, [this] { text_member("text"); }, [this] { unknown(); }});
    }
    void content(const char* type) {
        key("content");
        if (d_.chance(50)) return same(random_string(d_, 8));
        array({[&] { part(type); }, [&] { part(type); }});
    }
    std::string new_id() { return "call_" + std::to_string(out_.calls++); }

    void conversation() {
        if (api_ == api_kind::completions) {
            ++out_.messages;
            return text_member("prompt");
        }
        key(api_ == api_kind::responses ? "input" : "messages");
        writers items;
        for (std::size_t rounds = 1 + d_.below(3); rounds > 0; --rounds) add_round(items);
        array(items);
    }
    void add_round(writers& items) {
        if (d_.chance(30))
            items.push_back([this] { speaks(api_ == api_kind::chat ? "developer" : "system"); });
        items.push_back([this] { speaks("user"); });
        // Ids are given out as the call is written, so the result knows the last ones.
        const std::size_t calls = d_.below(3);
        if (api_ == api_kind::chat) {
            items.push_back([this, calls] { chat_assistant(calls); });
            for (std::size_t i = calls; i > 0; --i) items.push_back([this, i] { chat_result(i); });
        } else if (api_ == api_kind::messages) {
            items.push_back([this, calls] { messages_assistant(calls); });
            if (calls > 0) items.push_back([this, calls] { messages_results(calls); });
        } else {
            items.push_back([this] { reasoning_item(); });
            for (std::size_t i = calls; i > 0; --i) items.push_back([this] { call_item(); });
            for (std::size_t i = calls; i > 0; --i) items.push_back([this, i] { output_item(i); });
        }
    }
    std::string id_of_last(std::size_t back) const { return "call_" + std::to_string(out_.calls - back); }

    void speaks(const std::string& role) {
        ++out_.messages;
        writers members = {[&] { role_member(role); },
                           [&] { content(api_ == api_kind::responses ? "input_text" : "text"); }};
        if (api_ == api_kind::responses && d_.chance(50)) {
            members.push_back([this] { string_member("type", "message"); });
        }
        if (d_.chance(20)) members.push_back([this] { unknown(); });
        object(std::move(members));
    }
    void role_member(const std::string& role) {
        key("role");
        const std::string text = written(d_, role);
        if (mends_ && role == "developer") {
            out_.text.changed(text, "\"system\"");
        } else {
            same(text);
        }
    }

    void chat_assistant(std::size_t calls) {
        ++out_.messages;
        writers members = {[this] { string_member("role", "assistant"); },
                           [this] { text_member("reasoning_content"); }, [this] { content("text"); }};
        if (calls > 0) members.push_back([this, calls] { chat_calls(calls); });
        object(std::move(members));
    }
    void chat_calls(std::size_t calls) {
        key("tool_calls");
        writers items;
        for (std::size_t i = 0; i < calls; ++i) {
            items.push_back([this] {
                object({[this] { string_member("id", new_id()); },
                        [this] { string_member("type", "function"); },
                        [this] {
                            key("function");
                            object({[this] { string_member("name", "bash"); },
                                    [this] { text_member("arguments"); }});
                        }});
            });
        }
        array(items);
    }
    void chat_result(std::size_t back) {
        ++out_.messages;
        ++out_.results;
        object({[this] { string_member("role", "tool"); }, [this] { content("text"); },
                [&] { string_member("tool_call_id", id_of_last(back)); }});
    }

    void messages_assistant(std::size_t calls) {
        ++out_.messages;
        object({[this] { string_member("role", "assistant"); },
                [&] {
                    key("content");
                    writers blocks = {[this] {
                                          object({[this] { string_member("type", "thinking"); },
                                                  [this] { text_member("thinking"); },
                                                  [this] { text_member("signature"); }});
                                      },
                                      [this] { part("text"); }};
                    for (std::size_t i = 0; i < calls; ++i) blocks.push_back([this] { tool_use(); });
                    array(blocks);
                }});
    }
    void tool_use() {
        object({[this] { string_member("type", "tool_use"); }, [this] { string_member("id", new_id()); },
                [this] { string_member("name", "Bash"); },
                [this] {
                    key("input");
                    same(random_container(d_, 3, true));
                }});
    }
    void messages_results(std::size_t calls) {
        ++out_.messages;
        out_.results += calls;
        object({[this] { string_member("role", "user"); },
                [&] {
                    key("content");
                    writers blocks;
                    for (std::size_t i = calls; i > 0; --i) {
                        blocks.push_back([this, i] {
                            object({[this] { string_member("type", "tool_result"); },
                                    [this, i] { string_member("tool_use_id", id_of_last(i)); },
                                    [this] { content("text"); }});
                        });
                    }
                    array(blocks);
                }});
    }

    void reasoning_item() {
        ++out_.messages;
        object({[this] { string_member("type", "reasoning"); }, [this] { text_member("encrypted_content"); },
                [this] {
                    key("summary");
                    same("[]");
                }});
    }
    void call_item() {
        ++out_.messages;
        object({[this] { string_member("type", "function_call"); },
                [this] { string_member("call_id", new_id()); }, [this] { string_member("name", "shell"); },
                [this] { text_member("arguments"); }});
    }
    void output_item(std::size_t back) {
        ++out_.messages;
        ++out_.results;
        object({[this] { string_member("type", "function_call_output"); },
                [&] { string_member("call_id", id_of_last(back)); }, [this] { text_member("output"); }});
    }

    dice& d_;
    api_kind api_;
    std::string model_sent_;
    bool mends_;
    made_body out_;
};

}  // namespace weir::dialect::test
