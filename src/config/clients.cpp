// A clients file: how clients write what no human wrote, and how they name a conversation.

#include "parts.hpp"

#include <algorithm>

namespace weir::config {
namespace {

bool is_field_name(const std::string& name) {
    return std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

void read_session_fields(const spot& s, std::vector<std::string>& into) {
    for (const spot& item : items_of(s)) {
        auto name = filled_text_of(item);
        if (!name) continue;
        if (!is_field_name(*name)) {
            item.say("must be the name of a header field in small letters, is " + item.shown());
        } else if (std::ranges::find(into, *name) != into.end()) {
            item.say("is listed twice");
        } else {
            into.push_back(std::move(*name));
        }
    }
}

}  // namespace

void read_clients(const spot& file, settings& into) {
    dialect::ask_rules& asks = into.asks;
    section top{file};
    top.read("preambles", asks.preambles);
    top.read("nudges", asks.nudges);
    top.read("envelopes", asks.envelopes);
    top.read("request_elements", asks.request_elements);
    top.read("paste_leads", asks.paste_leads);
    if (const auto s = top.find("housekeeping")) {
        section part{*s};
        part.read("system", asks.housekeeping_system);
        part.read("ask", asks.housekeeping_ask);
        part.read("with_tools", asks.housekeeping_with_tools);
        part.finish();
    }
    top.read("failure_marks", asks.failure_marks);
    top.read("file_extensions", asks.file_extensions);
    top.read("not_files", asks.not_files);
    if (const auto s = top.find("session_fields")) read_session_fields(*s, into.session_fields);
    top.read("session_ignored_lines", asks.session_ignored_lines);
    top.read("refusals", into.answers.refusals);
    top.finish();
}

}  // namespace weir::config
