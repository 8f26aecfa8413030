#pragma once
// The mends once more, on a document instead of bytes: what the edits of a body must come to.

#include "weir/base/digest.hpp"
#include "weir/dialect/mends.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace weir::dialect::test {

using document = nlohmann::ordered_json;

struct mended_document_result {
    document body;
    mend_set made;
};

class oracle {
public:
    oracle(api_kind api, document body, const mend_request& about)
        : api_(api), before_(body), about_(about), out_{std::move(body), {}} {}

    mended_document_result run() {
        out_.body["model"] = std::string(about_.model);
        turns();
        effort();
        tokens();
        identity();
        streaming();
        schema();
        return std::move(out_);
    }

private:
    bool on(mend m) const { return about_.on.has(m); }
    bool made(mend m) {
        out_.made.add(m);
        return true;
    }
    bool chat() const { return api_ == api_kind::chat; }
    bool messages() const { return api_ == api_kind::messages; }

    static document inner(const document& d, const std::string& name, const std::string& key) {
        return d.contains(name) && d[name].is_object() && d[name].contains(key) ? d[name][key] : document();
    }

    void effort() {
        const std::string outer = chat() ? "reasoning_effort" : messages() ? "output_config" : "reasoning";
        const bool off_before =
            chat() || messages() ? inner(before_, "thinking", "type") == "disabled" : false;
        bool weir_thinks_off = false;
        bool weir_speaks_of_thinking = false;
        bool weir_speaks_of_effort = false;
        for (const said_member& s : about_.effort) {
            weir_speaks_of_thinking = weir_speaks_of_thinking || s.name == "thinking";
            weir_thinks_off = weir_thinks_off || (s.name == "thinking" && s.value == "\"disabled\"");
        }
        const bool off = weir_speaks_of_thinking ? weir_thinks_off : off_before;
        const bool drops = off && (on(mend::effort_while_disabled) || weir_thinks_off);
        for (const said_member& s : about_.effort) {
            const bool is_effort = s.name == outer;
            if (is_effort && drops) continue;
            weir_speaks_of_effort = weir_speaks_of_effort || is_effort;
            document& at = out_.body[s.name];
            if (s.inner.empty()) {
                at = document::parse(s.value);
            } else {
                if (!at.is_object()) at = document::object();
                at[s.inner] = document::parse(s.value);
            }
        }
        bool dropped = false;
        if (drops && chat()) {
            const document was = before_.value("reasoning_effort", document());
            dropped = !was.is_null();
            if (dropped) out_.body.erase("reasoning_effort");
        }
        if (drops && messages()) {
            dropped = !inner(before_, "output_config", "effort").is_null();
            if (dropped) out_.body["output_config"].erase("effort");
        }
        if (dropped && on(mend::effort_while_disabled)) made(mend::effort_while_disabled);
        const bool forced = about_.overruled == overruled_by::forced_tool_choice;
        if (forced && on(mend::forced_tool_choice)) made(mend::forced_tool_choice);
        const bool lost = about_.overruled == overruled_by::reasoning_lost;
        if (lost && on(mend::reasoning_off)) made(mend::reasoning_off);
        if (dropped || weir_speaks_of_effort || !on(mend::effort_alias)) return;
        alias(outer);
    }

    void alias(const std::string& outer) {
        if (api_ == api_kind::completions) return;
        for (const auto& [word, meaning] : about_.effort_aliases) {
            if (chat() && before_.value(outer, document()) == word) out_.body[outer] = meaning;
            if (!chat() && inner(before_, outer, "effort") == word) out_.body[outer]["effort"] = meaning;
        }
        if (chat() ? before_.value(outer, document()) != out_.body.value(outer, document())
                   : inner(before_, outer, "effort") != inner(out_.body, outer, "effort")) {
            made(mend::effort_alias);
        }
    }

    void tokens() {
        document& b = out_.body;
        const bool renames = chat() && on(mend::max_completion_tokens) &&
                             b.contains("max_completion_tokens") && !b["max_completion_tokens"].is_null() &&
                             made(mend::max_completion_tokens);
        if (renames) {
            const document asked = b["max_completion_tokens"];
            b.erase("max_completion_tokens");
            if (!b.contains("max_tokens") || b["max_tokens"].is_null()) b["max_tokens"] = asked;
        }
        if (!on(mend::max_tokens)) return;
        std::string name = api_ == api_kind::responses ? "max_output_tokens" : "max_tokens";
        const auto counts = [&b](const std::string& n) {
            return b.contains(n) && b[n].is_number_integer() && b[n].get<std::int64_t>() >= 0;
        };
        if (!counts(name) && chat()) name = "max_completion_tokens";
        if (!counts(name)) return;
        const auto asked = b[name].get<std::int64_t>();
        std::int64_t gets = asked;
        if (about_.output_tokens_max > 0 && gets > about_.output_tokens_max) gets = about_.output_tokens_max;
        const std::int64_t left = about_.context_tokens_max - about_.input_tokens;
        if (about_.context_tokens_max > 0 && left > 0 && gets > left) {
            const std::int64_t room = about_.context_tokens_max - about_.input_tokens * 5 / 4 - 1024;
            gets = room >= 8192 ? room : left;
        }
        if (gets != asked) {
            b[name] = gets;
            made(mend::max_tokens);
        }
    }

    void identity() {
        if (!on(mend::user_id)) return;
        document* at = &out_.body;
        std::string name = api_ == api_kind::responses ? "user" : "user_id";
        if (messages()) {
            if (!at->contains("metadata") || !(*at)["metadata"].is_object()) return;
            at = &(*at)["metadata"];
        }
        if (!at->contains(name) || !(*at)[name].is_string()) return;
        const auto id = (*at)[name].get<std::string>();
        static const std::string allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
        if (!id.empty() && id.size() <= 512 && id.find_first_not_of(allowed) == std::string::npos) return;
        (*at)[name] = "u_" + hex(sha256(id)).substr(0, 32);
        made(mend::user_id);
    }

    void streaming() {
        if (!chat() && api_ != api_kind::completions) return;
        document& b = out_.body;
        const bool streams = b.value("stream", document()) == true;
        const document options = b.value("stream_options", document());
        if (!streams && options.is_object() && on(mend::stream_options_alone)) {
            b.erase("stream_options");
            made(mend::stream_options_alone);
        }
        if (!streams || !about_.usage_on_request || !on(mend::include_usage)) return;
        if (inner(b, "stream_options", "include_usage") == true) return;
        if (!options.is_null() && !options.is_object()) return;
        b["stream_options"]["include_usage"] = true;
        made(mend::include_usage);
    }

    void schema() {
        if (!chat() || !on(mend::json_schema)) return;
        const document format = before_.value("response_format", document());
        if (!format.is_object() || format.value("type", "") != "json_schema") return;
        const document said = inner(format, "json_schema", "schema");
        if (!said.is_object()) return;
        out_.body["response_format"] = {{"type", "json_object"}};
        document& turns = out_.body["messages"];
        const bool prefix = turns.back()["role"] == "assistant";
        turns.insert(prefix ? turns.end() - 1 : turns.end(), document{{"role", "system"}, {"content", said}});
        made(mend::json_schema);
    }

    void turns() {
        if (!chat() && !messages()) return;
        document& all = out_.body["messages"];
        for (document& turn : all) {
            if (chat() && turn["role"] == "developer" && on(mend::developer_role)) {
                turn["role"] = "system";
                made(mend::developer_role);
            }
        }
        if (!about_.thinking) return;
        for (const restored_reasoning& back : about_.reasoning) {
            const mend name = back.from_custody ? mend::reasoning : mend::reasoning_empty;
            document& turn = all[back.message];
            if (!on(name) || turn["role"] != "assistant") continue;
            const bool last = back.message + 1 == all.size();
            if (chat() && last && turn.value("prefix", document()) == true) continue;
            if (chat() ? chat_turn(turn, back) : messages_turn(turn, back)) made(name);
        }
    }

    static bool chat_turn(document& turn, const restored_reasoning& back) {
        if (turn.contains("reasoning_content") && turn["reasoning_content"].is_string()) return false;
        turn["reasoning_content"] = back.text;
        return true;
    }

    static bool messages_turn(document& turn, const restored_reasoning& back) {
        document& content = turn["content"];
        const document block{{"type", "thinking"}, {"thinking", back.text}, {"signature", back.signature}};
        if (content.is_string()) {
            content = document::array({block, document{{"type", "text"}, {"text", content}}});
            return true;
        }
        for (const document& part : content) {
            if (part["type"] == "thinking") return false;
        }
        content.insert(content.begin(), block);
        return true;
    }

    api_kind api_;
    document before_;
    const mend_request& about_;
    mended_document_result out_;
};

inline mended_document_result mended_document(api_kind api, const document& body, const mend_request& about) {
    return oracle(api, body, about).run();
}

}  // namespace weir::dialect::test
