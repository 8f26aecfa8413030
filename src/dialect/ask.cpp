#include "weir/dialect/ask.hpp"

#include "envelopes.hpp"
#include "file_names.hpp"
#include "json_scan.hpp"
#include "json_text.hpp"
#include "nudges.hpp"
#include "part_kind.hpp"
#include "pasted.hpp"
#include "text_match.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ranges>
#include <span>
#include <string_view>

namespace weir::dialect {
namespace {

constexpr std::size_t recent = 6;  // calls and results that the policy looks back on
constexpr std::size_t result_window_bytes = 8 * 1024;
constexpr std::size_t touched_bytes_max = 32 * 1024;
constexpr std::size_t system_window_bytes = 2 * 1024;
constexpr std::size_t preamble_window_bytes = 512;
constexpr std::size_t nudge_window_bytes = 1024;  // envelopes included
constexpr std::int64_t probe_tokens_max = 1;      // of an answer that nobody reads

std::string_view bytes_of(padded_view body, place where) noexcept {
    return body.text().substr(where.offset, where.length);
}

void append_text(std::string_view inner, std::string& out) {
    if (!out.empty()) out += '\n';
    append_unescaped(out, inner);
}

// Adds a text part; parts of other kinds (a tool's result, thinking) say nothing that the speaker wrote.
bool append_part(json_scan& in, std::string& out) {
    if (in.peek() != '{') return in.value().has_value();
    std::string_view type = "text";
    std::string_view text;
    bool has_text = false;
    const bool whole = in.object([&](std::string_view key) {
        if (in.peek() != '"') return in.value().has_value();
        const auto inner = in.string();
        if (inner && key == "type") type = *inner;
        if (inner && key == "text") text = *inner, has_text = true;
        return inner.has_value();
    });
    if (has_text && part_kind_of(type) == part_kind::text) append_text(text, out);
    return whole;
}

// The prompt of a completion may be several strings.
bool append_prompt(json_scan& in, std::string& out) {
    const auto inner = in.string();
    if (inner) append_text(*inner, out);
    return inner.has_value();
}

// The text of a content: a string, or an array of parts.
std::string text_of(padded_view body, const body_index& index, place content) {
    std::string out;
    const std::string_view json = bytes_of(body, content);
    if (json.starts_with('"')) {
        append_unescaped(out, json.substr(1, json.size() - 2));
    } else if (json.starts_with('[')) {
        json_scan in(json);
        const bool prompt = index.api == api_kind::completions;
        in.array([&] { return prompt ? append_prompt(in, out) : append_part(in, out); });
    }
    return out;
}

// System text up to a bound: what makes a request housekeeping is said at once.
std::string system_text(padded_view body, const body_index& index) {
    std::string out;
    for (const message& m : index.messages) {
        if (m.from != speaker::system) continue;
        out += text_of(body, index, m.content);
        if (out.size() >= system_window_bytes) break;
        out += '\n';
    }
    out.resize(std::min(out.size(), system_window_bytes));
    return out;
}

// What is no text may be an image: "[]" and "" are nothing.
bool has_parts(padded_view body, place content) noexcept {
    return content.length > 2 && bytes_of(body, content).starts_with('[');
}

// Whether a message is a preamble is said at its beginning.
bool is_preamble(padded_view body, place content, const ask_rules& rules) {
    const std::string_view json = bytes_of(body, content);
    if (!json.starts_with('"')) return false;
    std::string text;
    append_unescaped(text, json.substr(1, preamble_window_bytes));
    return phrase_index(rules.preambles).begins(trim(text));
}

// Sets the latest human text and its message; gives the text with the indentation of its first line. The last
// nudge is it where there is no text before.
std::string find_text(ask& out, padded_view body, const body_index& index, const ask_rules& rules) {
    out.message = index.messages.size();
    std::string nudge;
    for (std::size_t i = index.messages.size(); i-- > 0;) {
        const message& m = index.messages[i];
        if (m.from != speaker::user || m.content.empty() || is_preamble(body, m.content, rules)) continue;
        std::string text = text_of(body, index, m.content);
        const bool image_alone = text.empty() && has_parts(body, m.content);
        text = strip_envelopes(std::move(text), rules.envelopes);
        out.text = trim(text);
        if (out.text.empty() && !image_alone) continue;
        const bool nudges = is_nudge(out.text, rules.nudges);
        if (!nudges || nudge.empty()) out.message = i;
        if (!nudges) return text;
        if (nudge.empty()) nudge = std::move(text);
    }
    out.text = trim(nudge);
    return nudge;
}

// Whether a message is no turn of its own, after so many turns.
bool begins_no_turn(padded_view body, const body_index& index, const message& m, std::uint32_t turns,
                    const ask_rules& rules) {
    // A preamble comes first of all.
    if (turns == 0) return is_preamble(body, m.content, rules);
    if (m.content.length > nudge_window_bytes) return false;
    return is_nudge(strip_envelopes(text_of(body, index, m.content), rules.envelopes), rules.nudges);
}

std::uint32_t count_human_turns(padded_view body, const body_index& index, const ask_rules& rules) {
    std::uint32_t turns = 0;
    bool in_turn = false;
    for (const message& m : index.messages) {
        if (m.from == speaker::user && !in_turn) {
            in_turn = !begins_no_turn(body, index, m, turns, rules);
            turns += in_turn ? 1 : 0;
        }
        if (m.from == speaker::assistant || m.from == speaker::tool) in_turn = false;
    }
    return turns;
}

// Messages without an answer that the client began.
std::span<const message> written_before(const body_index& index) noexcept {
    const std::span<const message> all = index.messages;
    if (all.empty()) return all;
    const message& last = all.back();
    const bool may_begin = last.prefix || index.api == api_kind::messages;
    const bool begun = may_begin && last.from == speaker::assistant && last.call_count == 0;
    return begun ? all.first(all.size() - 1) : all;
}

// What comes after the human text.
std::span<const message> messages_since(const ask& found, const body_index& index) noexcept {
    const std::size_t next = found.message == index.messages.size() ? 0 : found.message + 1;
    const auto all = written_before(index);
    return all.subspan(std::min(next, all.size()));
}

turn turn_of(std::span<const message> after) noexcept {
    const bool works = std::ranges::any_of(
        after, [](const message& m) { return m.from == speaker::assistant || m.from == speaker::tool; });
    return works ? turn::tool : turn::human;
}

bool is_housekeeping(const ask& found, padded_view body, const body_index& index, const ask_rules& rules) {
    // To fill in the middle is bounded by nature.
    if (index.api == api_kind::completions) return true;
    if (index.max_tokens && *index.max_tokens <= probe_tokens_max) return true;
    if (phrase_index(rules.housekeeping_with_tools).begins(found.text)) return true;
    if (index.tools > 0) return false;
    if (phrase_index(rules.housekeeping_ask).begins(found.text)) return true;
    return phrase_index(rules.housekeeping_system).occurs_in(system_text(body, index));
}

// What of `all`, which is in the order of messages, comes after the human text.
template <class item>
std::span<const item> since(const std::vector<item>& all, const ask& found, const body_index& index) {
    if (found.message == index.messages.size()) return all;
    const auto first = std::ranges::upper_bound(all, found.message, {},
                                                [](const item& i) { return std::size_t{i.message}; });
    return {first, all.end()};
}

template <class item>
std::span<const item> last_of(std::span<const item> all) noexcept {
    return all.last(std::min(all.size(), recent));
}

std::uint32_t count_same(std::span<const tool_call> calls) noexcept {
    std::ptrdiff_t most = 0;
    for (const tool_call& call : calls) {
        most = std::max(most, std::ranges::count(calls, call.fingerprint, &tool_call::fingerprint));
    }
    return static_cast<std::uint32_t>(most);
}

// A result may be megabytes long; how it ended is said at its head or its end. An escape that the cut tears
// apart is no mark.
std::string ends_of_result(padded_view body, const body_index& index, place content) {
    constexpr std::size_t kept = 3 * result_window_bytes / 2;
    const std::string_view json = bytes_of(body, content);
    if (!json.starts_with('"') || json.size() <= 2 * kept + 2) return text_of(body, index, content);
    std::string out;
    append_unescaped(out, json.substr(1, kept));
    append_unescaped(out, json.substr(json.size() - 1 - kept, kept));
    return out;
}

bool has_failed(padded_view body, const body_index& index, const tool_result& r, const mark_index& marks) {
    if (r.failed) return true;
    const std::string text = ends_of_result(body, index, r.content);
    const std::string_view all = text;
    if (all.size() <= 2 * result_window_bytes) return marks.occurs_in(all);
    return marks.occurs_in(all.substr(0, result_window_bytes)) ||
           marks.occurs_in(all.substr(all.size() - result_window_bytes));
}

std::uint32_t count_failed(padded_view body, std::span<const tool_result> results, const body_index& index,
                           const ask_rules& rules) {
    if (results.empty()) return 0;
    const mark_index marks(rules.failure_marks);
    const auto failed = std::ranges::count_if(
        results, [&](const tool_result& r) { return has_failed(body, index, r, marks); });
    return static_cast<std::uint32_t>(failed);
}

// Arguments of calls are strings of JSON within JSON: names in them are whole once the outer escapes are
// gone.
std::uint32_t count_files_touched(padded_view body, std::span<const message> since, const ask_rules& rules) {
    std::string text;
    for (const message& m : since | std::views::reverse) {
        if (text.size() >= touched_bytes_max) break;
        if (m.from != speaker::assistant || m.whole.empty()) continue;
        const std::string_view json = bytes_of(body, m.whole);
        append_text(json.substr(json.size() - std::min(json.size(), touched_bytes_max)), text);
    }
    return count_file_names(text, rules);
}

}  // namespace

ask ask_of(padded_view body, const body_index& index, const ask_rules& rules) {
    ask out;
    const std::string text = find_text(out, body, index, rules);
    const std::span<const message> after = messages_since(out, index);
    out.kind = turn_of(after);
    if (out.kind == turn::human && is_housekeeping(out, body, index, rules)) out.kind = turn::housekeeping;
    split_text split = split_pasted(text, rules);
    out.request = std::move(split.request);
    out.pasted_lines = split.pasted_lines;
    out.pasted_per_mille = split.pasted_per_mille;
    out.files_named = count_file_names(out.request, rules);
    const auto calls = since(index.calls, out, index);
    out.calls = static_cast<std::uint32_t>(calls.size());
    out.human_turns = count_human_turns(body, index, rules);
    out.rounds = static_cast<std::uint32_t>(std::ranges::count(after, speaker::assistant, &message::from));
    if (out.calls > 0) out.files_touched = count_files_touched(body, after, rules);
    out.same_call_of_last_6 = count_same(last_of(calls));
    out.failed_results_of_last_6 =
        count_failed(body, last_of(since(index.results, out, index)), index, rules);
    return out;
}

}  // namespace weir::dialect
