#include "weir/dialect/answer_check.hpp"

#include "weir/dialect/schema_check.hpp"

#include "json_scan.hpp"
#include "text_match.hpp"

#include <algorithm>
#include <array>

namespace weir::dialect {
namespace {

// A refusal is short; what goes on at length after such words has answered something.
constexpr std::size_t refusal_bytes_max = 2'000;
// How far into an answer a phrase of refusal can reach.
constexpr std::size_t opening_bytes_max = 512;
constexpr int per_mille = 1'000;

constexpr std::string_view any_value = "{}";
constexpr std::string_view any_object = R"({"type":"object"})";

// finish_reason, stop_reason and incomplete_details.reason of an answer that ran out of room. Sources:
// DeepSeek, Create Chat Completion; OpenAI, Responses; Anthropic, Handling stop reasons.
constexpr std::array<std::string_view, 4> out_of_room = {"length", "max_tokens", "max_output_tokens",
                                                         "model_context_window_exceeded"};
// Of one that a filter ended.
constexpr std::array<std::string_view, 1> filtered = {"content_filter"};

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_json_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_json_space(text.back())) text.remove_suffix(1);
    return text;
}

// The beginning of a text as phrases are written: typographic apostrophes are straight there.
std::string opening_of(std::string_view text) {
    static constexpr std::string_view curly = "\xE2\x80\x99";
    text = text.substr(0, opening_bytes_max);
    std::string out;
    for (std::size_t at = text.find(curly); at != std::string_view::npos; at = text.find(curly)) {
        out.append(text.substr(0, at)).append(1, '\'');
        text.remove_prefix(at + curly.size());
    }
    return out.append(text);
}

class checking {
public:
    checking(const answer_demand& demand, const answer_checks& wanted, const answer_facts& facts,
             const answer_turn& said)
        : demand_(demand), wanted_(wanted), facts_(facts), said_(said), text_(trimmed(said.text)) {}

    answer_failure find() const {
        using enum answer_failure;
        if (wanted_.broken_off && was_broken_off()) return broken_off;
        if (std::ranges::find(out_of_room, facts_.finish_reason) != out_of_room.end()) {
            // The rest of what is wrong with it follows from its end.
            return wanted_.truncated && !ended_by_client() ? truncated : none;
        }
        const answer_failure of_form = said_.overflow ? none : find_in_form();
        if (of_form != none) return of_form;
        return is_unsure() ? unsure : none;
    }

private:
    bool was_broken_off() const {
        const std::vector<std::string>* reasons = wanted_.broken_off_reasons;
        return reasons && std::ranges::find(*reasons, facts_.finish_reason) != reasons->end();
    }

    // What nobody counted is taken for the client's doing.
    bool ended_by_client() const noexcept {
        return demand_.max_tokens && (!facts_.tokens || facts_.tokens->output >= *demand_.max_tokens);
    }

    answer_failure find_in_form() const {
        using enum answer_failure;
        // What does not say how it ended is none of this API's answers: what it holds is not ours to judge.
        if (facts_.finish_reason.empty()) return none;
        if (!said_.calls.empty() || !said_.call_ids.empty()) {
            return wanted_.tool_arguments && has_wrong_call() ? tool_arguments : none;
        }
        const bool refused = wanted_.refusal && is_refusal();
        if (text_.empty() && !refused) {
            // After a tool that the service itself runs, its answer may not be the last.
            const bool may_be = said_.other_output || said_.refused || demand_.may_be_empty;
            return wanted_.empty && !may_be ? empty : none;
        }
        const answer_failure of_json = text_.empty() ? none : find_in_json();
        if (of_json != none) return of_json;
        return refused ? refusal : none;
    }

    answer_failure find_in_json() const {
        using enum answer_failure;
        const bool looks = (wanted_.json && demand_.json) || (wanted_.schema && !demand_.schema.empty());
        if (!looks) return none;
        const bool by_schema = wanted_.schema && !demand_.schema.empty();
        const schema_verdict verdict = check_schema(by_schema ? demand_.schema : any_value, text_);
        if (verdict == schema_verdict::not_json) return wanted_.json ? json : schema;
        return verdict == schema_verdict::does_not_fit ? schema : none;
    }

    bool has_wrong_call() const {
        return std::ranges::any_of(said_.calls, [&](auto& c) { return wrong(c); });
    }

    bool wrong(const answer_call& call) const {
        const auto offered = std::ranges::find(demand_.tools, call.name, &answer_demand::tool::name);
        if (offered == demand_.tools.end()) return demand_.tools_known;
        if (offered->bare || call.bare) return false;
        // Some models write nothing where a tool takes nothing, and clients know it.
        const std::string_view said = trimmed(call.arguments).empty() ? "{}" : trimmed(call.arguments);
        if (!said.starts_with('{')) return true;
        const std::string_view schema =
            offered->schema.empty() ? any_object : std::string_view{offered->schema};
        const schema_verdict verdict = check_schema(schema, said);
        return verdict == schema_verdict::not_json || verdict == schema_verdict::does_not_fit;
    }

    bool is_refusal() const {
        if (said_.refused || std::ranges::find(filtered, facts_.finish_reason) != filtered.end()) return true;
        if (!wanted_.rules || text_.empty() || text_.size() > refusal_bytes_max) return false;
        const std::string opening = opening_of(text_);
        return phrase_index(wanted_.rules->refusals).begins(opening);
    }

    bool is_unsure() const noexcept {
        if (!demand_.logprobs || wanted_.confidence_per_mille <= 0 || said_.rated_tokens == 0) return false;
        const double least = static_cast<double>(wanted_.confidence_per_mille) / per_mille;
        return said_.probability_sum < least * static_cast<double>(said_.rated_tokens);
    }

    const answer_demand& demand_;
    const answer_checks& wanted_;
    const answer_facts& facts_;
    const answer_turn& said_;
    std::string_view text_;
};

}  // namespace

std::string_view name_of(answer_failure f) noexcept {
    static constexpr std::array<std::string_view, answer_failure_count> names = {
        "", "broken_off", "truncated", "empty", "tool_arguments", "json", "schema", "refusal", "unsure"};
    return names[static_cast<std::size_t>(f)];
}

answer_failure check_answer(const answer_demand& demand, const answer_checks& wanted,
                            const answer_facts& facts, const answer_turn& said) {
    if (demand.api == api_kind::completions) return answer_failure::none;
    return checking(demand, wanted, facts, said).find();
}

}  // namespace weir::dialect
