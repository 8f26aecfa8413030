#include "transcript.hpp"

#include "weir/dialect/tokens.hpp"

namespace weir::month {

namespace {

constexpr std::string_view end_of_body = "]}";

void append_escaped(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    out += '"';
}

std::string said(std::string_view role, std::string_view text) {
    std::string message = R"({"role":")" + std::string(role) + R"(","content":)";
    append_escaped(message, text);
    return message;
}

void append_thinking(std::string& message, std::string_view thinking) {
    if (thinking.empty()) return;
    message += R"(,"reasoning_content":)";
    append_escaped(message, thinking);
}

}  // namespace

transcript::transcript(std::string_view system, std::string_view tools, std::string_view effort)
    : text_(R"({"model":"auto")") {
    if (!effort.empty()) text_ += R"(,"reasoning_effort":")" + std::string(effort) + '"';
    if (!tools.empty()) {
        text_ += R"(,"tools":)";
        text_ += tools;
        tokens_ += dialect::estimate_tokens(tools);
    }
    text_ += R"(,"messages":[)";
    length_ = text_.size();
    if (!system.empty()) add(said("system", system) + '}');
}

void transcript::add(std::string_view message) {
    text_.resize(length_);
    if (!first_) text_ += ',';
    first_ = false;
    text_ += message;
    length_ = text_.size();
    tokens_ += dialect::estimate_tokens(message);
}

void transcript::user(std::string_view text) { add(said("user", text) + '}'); }

void transcript::assistant(std::string_view text, std::string_view thinking) {
    std::string message = said("assistant", text);
    append_thinking(message, thinking);
    add(message + '}');
}

void transcript::call(std::string_view id, std::string_view name, std::string_view arguments,
                      std::string_view thinking) {
    std::string message = said("assistant", "");
    append_thinking(message, thinking);
    message += R"(,"tool_calls":[{"id":")" + std::string(id) + R"(","type":"function","function":{"name":")" +
               std::string(name) + R"(","arguments":)";
    append_escaped(message, arguments);
    add(message + "}}]}");
}

void transcript::result(std::string_view id, std::string_view text) {
    std::string message = said("tool", text);
    message += R"(,"tool_call_id":")" + std::string(id) + R"("})";
    add(message);
}

padded_view transcript::body() {
    text_.resize(length_);
    text_ += end_of_body;
    text_.append(padded_view::padding, '\0');
    return {text_.data(), length_ + end_of_body.size()};
}

}  // namespace weir::month
