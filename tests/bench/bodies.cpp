#include "bodies.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace weir::bench {

namespace {

constexpr std::array words = {
    "the",   "worker",  "reads", "each",  "row",   "of",     "a",       "table",  "before",  "it",   "writes",
    "into",  "another", "file",  "and",   "then",  "checks", "whether", "index",  "matches", "what", "client",
    "asked", "for",     "prove", "value", "total", "config", "timeout", "server", "report",  "when"};

// Sentences without an end; a small generator of its own keeps them the same everywhere.
class prose {
public:
    void fill(std::string& out, std::size_t bytes, std::string_view line_break) {
        const std::size_t end = out.size() + bytes;
        for (std::size_t n = 1; out.size() < end; ++n) {
            state_ = state_ * 6364136223846793005U + 1442695040888963407U;
            out += words[state_ >> 59U];
            out += n % 11 == 0 ? ". " : " ";
            if (n % 44 == 0) out += line_break;
        }
    }

private:
    std::uint64_t state_ = 20261101;
};

void add_tool(std::string& out, prose& text, int n) {
    const std::string name = "tool_" + std::to_string(n);
    out += n == 0 ? "" : ",";
    out += R"({"type":"function","function":{"name":")" + name + R"(","description":")";
    text.fill(out, 600, "\\n");
    out += R"(","parameters":{"type":"object","properties":{"path":{"type":"string","description":")";
    text.fill(out, 120, "\\n");
    out += R"("},"limit":{"type":"integer","minimum":1}},"required":["path"]}}})";
}

void add_call(std::string& out, prose& text, int n, std::size_t result_bytes) {
    const std::string id = "call_" + std::to_string(n);
    out += R"({"role":"assistant","content":null,"reasoning_content":")";
    text.fill(out, 200, "\\n");
    out += R"(","tool_calls":[{"id":")" + id + R"(","type":"function","function":{"name":"tool_)";
    out += std::to_string(n % 12) + R"(","arguments":"{\"path\":\"src/part_)" + std::to_string(n);
    out += R"(.py\",\"limit\":20}"}}]},{"role":"tool","tool_call_id":")" + id + R"(","content":")";
    text.fill(out, result_bytes, "\\n");
    out += R"("},)";
}

}  // namespace

std::string agent_body(std::size_t bytes) {
    prose text;
    std::string out = R"({"model":"auto","messages":[{"role":"system","content":")";
    text.fill(out, bytes / 8, "\\n");
    out += R"("},{"role":"user","content":"<system-reminder>Be brief.</system-reminder>\nLet --quiet hide )";
    out += R"(the progress bar in cli.py too."},)";
    std::string tools;
    for (int n = 0; n < 12; ++n) add_tool(tools, text, n);
    const std::size_t results = bytes > 256 * 1024 ? 8000 : 1500;
    for (int n = 0; out.size() + tools.size() + results + 1000 < bytes; ++n) add_call(out, text, n, results);
    out += R"({"role":"assistant","content":"Done so far."}],"tools":[)" + tools + R"(],"stream":true})";
    return out;
}

std::string document_body(std::size_t bytes) {
    prose text;
    std::string out =
        R"({"model":"auto","messages":[{"role":"user","content":"Summarize the text below.\n\n)";
    out += "# Notes\\n\\n";
    text.fill(out, bytes - out.size() - 20, "\\n");
    return out + R"("}],"stream":true})";
}

std::string talk_body(std::size_t bytes) {
    prose text;
    std::string out = R"({"model":"auto","messages":[{"role":"user","content":")";
    text.fill(out, bytes - out.size() - 20, "");
    return out + R"("}],"stream":true})";
}

}  // namespace weir::bench
