#include "weir/classifier/features.hpp"

#include "weir/dialect/tokens.hpp"

#include "quotations.hpp"
#include "text_counts.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace weir::classifier {
namespace {

constexpr std::int64_t count_max = 1'000'000'000;

// Older rows and weights go by these places.
constexpr std::array list = {
    feature{"turn", 2, false, "0 human, 1 tool, 2 housekeeping", nullptr},
    feature{"prompt_chars", count_max, false, "characters of the latest human text", &features::prompt_chars},
    feature{"tools", count_max, false, "tools offered", &features::tools},
    feature{"tool_calls", count_max, false, "tool calls since that text", &features::tool_calls},
    feature{"same_call_of_last_6", 6, false, "of the last six calls, the most frequent one",
            &features::same_call_of_last_6},
    feature{"failed_results_of_last_6", 6, false, "of the last six results, those that failed",
            &features::failed_results_of_last_6},
    feature{"files_named", count_max, false, "files named in the request", &features::files_named},
    feature{"pasted_lines", count_max, false, "lines of fences, quotes and documents",
            &features::pasted_lines},
    feature{"pasted_share", 1000, true, "their share of the human text", &features::pasted_per_mille},
    feature{"context_tokens", count_max, false, "estimate for the whole input", &features::context_tokens},
    feature{"images", count_max, false, "images", &features::images},
    feature{"files", count_max, false, "files attached", &features::files},
    feature{"max_tokens", count_max, false, "as stated; no measure of output", &features::max_tokens},
    feature{"json_schema", 1, false, "an answer in a given schema is asked for", &features::json_schema},
    feature{"error_cost_usd", count_max, true, "what a wrong answer costs", &features::error_cost_usd_milli},
    feature{"output_forecast", count_max, false, "median output of this key's like answers, in tokens",
            &features::output_forecast},
    feature{"session_turns", count_max, false, "human turns before this one", &features::session_turns},
    feature{"warm_tokens", count_max, false, "prompt that the session's model has in its cache",
            &features::warm_tokens},
    feature{"ask_chars", count_max, false, "characters of the request, without fences, quotes and documents",
            &features::ask_chars},
    feature{"ask_words", count_max, false, "its words; each Chinese character is one", &features::ask_words},
    feature{"cjk_share", 1000, true, "Chinese characters among its characters", &features::cjk_per_mille},
    feature{"other_share", 1000, true, "characters beyond ASCII and Chinese", &features::other_per_mille},
    feature{"sentences", count_max, false, "its sentences", &features::sentences},
    feature{"questions", count_max, false, "its question marks", &features::questions},
    feature{"ends_as_question", 1, false, "it ends with a question mark", &features::ends_as_question},
    feature{"ends_as_sentence", 1, false, "it ends with a full stop", &features::ends_as_sentence},
    feature{"ends_as_lead", 1, false, "it ends with a colon", &features::ends_as_lead},
    feature{"begins_upper", 1, false, "it begins with a capital", &features::begins_upper},
    feature{"commas", count_max, false, "its commas", &features::commas},
    feature{"lines", count_max, false, "its line breaks", &features::lines},
    feature{"list_items", count_max, false, "its lines that are items of a list", &features::list_items},
    feature{"numbers", count_max, false, "its numbers", &features::numbers},
    feature{"operators", count_max, false, "its mathematical signs", &features::operators},
    feature{"quotes", count_max, false, "its quotation marks", &features::quotes},
    feature{"backticks", count_max, false, "its backticks", &features::backticks},
    feature{"addresses", count_max, false, "its URLs", &features::addresses},
    feature{"blanks", count_max, false, "its blanks to be filled in", &features::blanks},
    feature{"capitals_share", 1000, true, "its words with a capital first", &features::capitals_per_mille},
    feature{"word_length", 1'000'000, true, "mean length of its ASCII words", &features::word_length_milli},
    feature{"tex_commands", count_max, false, "TeX commands in the latest human text",
            &features::tex_commands},
    feature{"maths", count_max, false, "TeX commands, formulae between dollars and mathematical signs",
            &features::maths},
    feature{"options", count_max, false, "lines that offer an answer to choose: A. (B)", &features::options},
    feature{"code_lines", count_max, false, "lines that end as code does", &features::code_lines},
    feature{"traces", count_max, false, "lines of stack traces and uncaught errors", &features::traces},
    feature{"fences", count_max, false, "pairs of fences", &features::fences},
    feature{"messages", count_max, false, "messages of the conversation", &features::messages},
    feature{"human_turns", count_max, false, "turns of the human in the body", &features::human_turns},
    feature{"rounds", count_max, false, "messages of the assistant since the latest human text",
            &features::rounds},
    feature{"calls_in_history", count_max, false, "tool calls of the whole conversation",
            &features::calls_in_history},
    feature{"files_touched", count_max, false, "files named by the assistant since that text",
            &features::files_touched},
    feature{"result_bytes_max", count_max, false, "longest result of a tool", &features::result_bytes_max},
    feature{"history_bytes", count_max, false, "messages before the latest human text, but for system text",
            &features::history_bytes},
    feature{"system_bytes", count_max, false, "system text", &features::system_bytes},
    feature{"tools_bytes", count_max, false, "the list of tools", &features::tools_bytes},
    feature{"effort_asked", 100, false,
            "effort that the client states: its place in models.efforts; 0 unsaid", &features::effort_asked},
    feature{"traffic_class", 100, false, "place of the class in the policy; 0 is its first",
            &features::traffic_class},
    feature{"comma_share", 1000, true, "commas for each word of the request", &features::comma_per_mille},
    feature{"number_share", 1000, true, "numbers for each word of it", &features::number_per_mille},
    feature{"operator_share", 1000, true, "mathematical signs for each word of it",
            &features::operator_per_mille},
    feature{"material_share", 1000, true, "what of the human text comes after its first line or colon",
            &features::material_per_mille},
};

std::int64_t per_mille(std::int64_t part, std::int64_t whole) noexcept {
    return whole <= 0 ? 0 : part * 1000 / whole;
}

void note_request(features& f, const text_counts& n) {
    const std::int64_t counted = n.ascii_letters + n.cjk + n.other;
    f.ask_chars = n.chars;
    f.ask_words = n.words;
    f.cjk_per_mille = per_mille(n.cjk, counted);
    f.other_per_mille = per_mille(n.other, counted);
    f.sentences = n.sentences;
    f.questions = n.questions;
    f.ends_as_question = n.last == U'?' || n.last == U'？' ? 1 : 0;
    f.ends_as_sentence = n.last == U'.' || n.last == U'。' || n.last == U'!' || n.last == U'！' ? 1 : 0;
    f.ends_as_lead = n.last == U':' || n.last == U'：' ? 1 : 0;
    f.begins_upper = n.first_upper ? 1 : 0;
    f.commas = n.commas;
    f.lines = n.lines;
    f.list_items = n.list_items;
    f.numbers = std::max<std::int64_t>(n.numbers, 0);
    f.operators = n.operators;
    f.quotes = n.quotes;
    f.backticks = n.backticks;
    f.addresses = n.addresses;
    f.blanks = n.blanks;
    f.capitals_per_mille = per_mille(n.capitals, n.ascii_words);
    f.word_length_milli = per_mille(n.ascii_letters, n.ascii_words);
    f.comma_per_mille = per_mille(f.commas, n.words);
    f.number_per_mille = per_mille(f.numbers, n.words);
    f.operator_per_mille = per_mille(n.operators, n.words);
}

// Of the whole text: what is pasted, and what of the rest comes behind the lead.
std::int64_t material_of(const dialect::ask& ask, std::string_view lead) {
    const auto pasted = static_cast<std::int64_t>(ask.pasted_per_mille);
    const auto all = static_cast<std::int64_t>(ask.request.size());
    const std::int64_t behind = 1000 - per_mille(static_cast<std::int64_t>(lead.size()), all);
    return all == 0 ? pasted : pasted + (1000 - pasted) * std::clamp<std::int64_t>(behind, 0, 1000) / 1000;
}

void note_text(features& f, const text_counts& n) {
    f.prompt_chars = n.chars;
    f.tex_commands = n.tex_commands;
    f.maths = n.tex_commands + n.dollars / 2 + f.operators;
    f.options = n.options;
    f.code_lines = n.code_lines;
    f.traces = n.traces;
    f.fences = n.backticks / 6;
}

void note_conversation(features& f, const dialect::body_index& index, const dialect::ask& ask) {
    f.messages = static_cast<std::int64_t>(index.messages.size());
    f.rounds = ask.rounds;
    f.human_turns = ask.human_turns;
    f.calls_in_history = static_cast<std::int64_t>(index.calls.size());
    f.files_touched = ask.files_touched;
    for (std::size_t i = 0; i < index.messages.size(); ++i) {
        const dialect::message& m = index.messages[i];
        const auto bytes = static_cast<std::int64_t>(m.content.length);
        if (m.from == dialect::speaker::system) {
            f.system_bytes += bytes;
        } else if (i < ask.message) {
            f.history_bytes += bytes;
        }
    }
    for (const dialect::tool_result& r : index.results) {
        f.result_bytes_max = std::max(f.result_bytes_max, static_cast<std::int64_t>(r.content.length));
    }
    for (const dialect::body_member& m : index.members) {
        if (m.name == "tools") f.tools_bytes = static_cast<std::int64_t>(m.value.length);
    }
}

}  // namespace

std::span<const feature> feature_list() noexcept { return list; }

std::optional<std::size_t> find_feature(std::string_view name) noexcept {
    const auto found = std::ranges::find(list, name, &feature::name);
    if (found == list.end()) return std::nullopt;
    return static_cast<std::size_t>(found - list.begin());
}

std::int64_t value_of(const features& f, std::size_t feature) noexcept {
    assert(feature < list.size());
    const auto& known = list[feature];
    const std::int64_t value = known.value ? f.*known.value : static_cast<std::int64_t>(f.turn);
    return std::clamp<std::int64_t>(value, 0, known.max);
}

features features_of(padded_view body, const dialect::body_index& index, const dialect::ask& ask,
                     const word_matcher& words) {
    features f;
    f.turn = ask.kind;
    const text_counts of_request = count_text(ask.request);
    note_request(f, of_request);
    note_text(f, ask.text == ask.request ? of_request : count_text(ask.text));
    note_conversation(f, index, ask);
    f.tools = index.tools;
    const text_ends ends = ends_of(ask.request);
    const std::string unquoted = without_quotations(ends.head);
    f.words = words.match(unquoted);
    const std::string unquoted_tail = without_quotations(ends.tail);
    f.words |= words.match(unquoted_tail);
    const std::string_view lead = lead_of(unquoted, unquoted_tail);
    f.lead_words = words.match(lead);
    f.material_per_mille = material_of(ask, lead);
    f.tool_calls = ask.calls;
    f.same_call_of_last_6 = ask.same_call_of_last_6;
    f.failed_results_of_last_6 = ask.failed_results_of_last_6;
    f.files_named = ask.files_named;
    f.pasted_lines = ask.pasted_lines;
    f.pasted_per_mille = ask.pasted_per_mille;
    f.context_tokens = dialect::estimate_input_tokens(body, index);
    f.images = index.images;
    f.files = index.files;
    f.max_tokens = index.max_tokens.value_or(0);
    f.json_schema = index.response_format == dialect::response_format_word::json_schema ? 1 : 0;
    return f;
}

}  // namespace weir::classifier
