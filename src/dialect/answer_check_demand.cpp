// What a body demands of its answer.

#include "weir/dialect/answer_check.hpp"

#include "answer_json.hpp"
#include "json_scan.hpp"
#include "json_text.hpp"

#include <utility>

namespace weir::dialect {
namespace {

// No service takes as many.
constexpr std::size_t tools_max = 1'024;
// OpenAI, Responses: an entry of `include`.
constexpr std::string_view include_logprobs = "message.output_text.logprobs";

// Keys may be written with escapes; those of a body that was indexed are valid.
bool is_key(std::string_view written, std::string_view name) {
    return written == name || (written.find('\\') != std::string_view::npos && unescape(written) == name);
}

// The value of a member, as written; empty where there is none.
std::string_view value_in(std::string_view object, std::string_view name) {
    std::string_view found;
    json_scan in(object);
    if (in.peek() != '{') return {};
    in.object([&](std::string_view key) {
        const auto value = in.value();
        if (value && is_key(key, name)) found = *value;
        return value.has_value();
    });
    return found;
}

std::string text_of(std::string_view value) {
    const auto inner = inner_of(value);
    return inner ? unescape(*inner) : std::string{};
}

template <class on_element_type>
void for_each_element(std::string_view array, on_element_type&& on_element) {
    json_scan in(array);
    if (in.peek() != '[') return;
    in.array([&] {
        const auto element = in.value();
        if (element) on_element(*element);
        return element.has_value();
    });
}

class demand_reader {
public:
    demand_reader(std::string_view body, const body_index& index, std::size_t bytes_max)
        : body_(body), index_(index), left_(bytes_max) {}

    answer_demand read() {
        out_.api = index_.api;
        out_.max_tokens = index_.max_tokens;
        using enum response_format_word;
        const bool formats = index_.api == api_kind::chat || index_.api == api_kind::responses;
        const bool json = index_.response_format == json_object || index_.response_format == json_schema;
        out_.json = formats && json;
        for (const body_member& m : index_.members) {
            member(m.name, body_.substr(m.value.offset, m.value.length));
        }
        if (is_begun()) {
            out_.json = false;
            schema_ = {};
        }
        out_.may_be_empty = out_.may_be_empty || is_begun() || follows_a_result();
        keep_schema(schema_, out_.schema);
        for (std::size_t i = 0; i < out_.tools.size(); ++i) keep_schema(parameters_[i], out_.tools[i].schema);
        return std::move(out_);
    }

private:
    bool is_begun() const noexcept {
        if (index_.messages.empty()) return false;
        const message& last = index_.messages.back();
        return last.prefix || (index_.api == api_kind::messages && last.from == speaker::assistant);
    }
    bool follows_a_result() const noexcept {
        return !index_.results.empty() && index_.results.back().message + 1 == index_.messages.size();
    }

    void member(std::string_view name, std::string_view value) {
        const bool chat = index_.api == api_kind::chat;
        const bool responses = index_.api == api_kind::responses;
        if (name == "tools") for_each_element(value, [&](std::string_view one) { tool(one); });
        // The older form of tools, which weir does not read.
        if (name == "functions") out_.tools_known = false;
        const bool stops = name == "stop" || name == "stop_sequences";
        if (stops && value != "[]" && value != "null" && value != "\"\"") out_.may_be_empty = true;
        if (chat && name == "logprobs") out_.logprobs = value == "true";
        if (responses && name == "include") {
            for_each_element(value, [&](std::string_view one) {
                if (text_of(one) == include_logprobs) out_.logprobs = true;
            });
        }
        if (!out_.json || index_.response_format != response_format_word::json_schema) return;
        if (chat && name == "response_format") schema_ = value_in(value_in(value, "json_schema"), "schema");
        if (responses && name == "text") schema_ = value_in(value_in(value, "format"), "schema");
    }

    bool take(std::size_t bytes) noexcept {
        if (bytes > left_) return false;
        left_ -= bytes;
        return true;
    }

    // Last of all, so that the names come first.
    void keep_schema(std::string_view schema, std::string& into) {
        if (schema.starts_with('{') && take(schema.size())) into = schema;
    }

    void tool(std::string_view json) {
        if (out_.tools.size() == tools_max) {
            out_.tools_known = false;
            return;
        }
        // A set of tools, or a server of them: their names are not here.
        if (!value_in(json, "tools").empty() || !value_in(json, "server_url").empty())
            out_.tools_known = false;
        const std::string type = text_of(value_in(json, "type"));
        std::string_view about = json;
        if (index_.api == api_kind::chat) about = value_in(json, type == "custom" ? "custom" : "function");
        answer_demand::tool made;
        made.name = text_of(value_in(about, "name"));
        // What the service runs itself often has no name; its calls are no calls of the client's.
        if (made.name.empty()) return;
        made.bare = type == "custom" && index_.api != api_kind::messages;
        if (!take(made.name.size())) {
            out_.tools_known = false;
            return;
        }
        const bool messages = index_.api == api_kind::messages;
        parameters_.push_back(value_in(about, messages ? "input_schema" : "parameters"));
        out_.tools.push_back(std::move(made));
    }

    std::string_view body_;
    const body_index& index_;
    std::size_t left_;
    std::string_view schema_;
    std::vector<std::string_view> parameters_;  // of out_.tools
    answer_demand out_;
};

}  // namespace

answer_demand demand_of(padded_view body, const body_index& index, std::size_t bytes_max) {
    return demand_reader(body.text(), index, bytes_max).read();
}

}  // namespace weir::dialect
