#pragma once
// What a decision was made of, as a row of the ledger keeps it: numbers and names of the configuration,
// enough to decide again under other lines, thresholds or weights. Nothing of the request's text is in it:
// words are known by the names of their lists, and what clients write freely is left out or reduced to a
// known name.

#include "weir/base/error.hpp"
#include "weir/classifier/features.hpp"
#include "weir/classifier/linear.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/pricing/money.hpp"
#include "weir/router/decide.hpp"
#include "weir/router/routing.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::whatif {

inline constexpr std::size_t record_bytes_max = 64 * 1024;  // a longer text is no record
inline constexpr std::size_t record_entries_max = 256;      // of any list in it

struct recorded {
    dialect::api_kind api = dialect::api_kind::chat;
    // value_of() each feature in the order of classifier::feature_list(), as long as that list was then.
    std::vector<std::int64_t> features;
    std::vector<std::string> tiers;         // names, from the cheapest; the indices below are into these
    std::vector<std::string> words;         // names of the word lists that the request has a word of
    std::vector<std::string> words_absent;  // names of the other word lists that were looked for
    std::vector<std::string> words_lead;    // of the lists: those that the request's lead has a word of
    double words_part = 0;                  // classifier::learned_card::words_part
    int learned = 0;                        // thousandths; 0 without learned weights
    int weighted = 0;                       // thousandths: the weighted sum, whether it decided or not
    std::string weights;                    // name/version of the learned weights: "shipped/1"; "" without
    // What the client said about its answer. effort: nullopt where unsaid, "" for a word that the
    // configuration does not know, else its name there.
    std::optional<std::string> effort;
    dialect::thinking_word thinking = dialect::thinking_word::unsaid;
    dialect::tool_choice_word tool_choice = dialect::tool_choice_word::unsaid;
    std::vector<std::string> server_tools;  // types of tools offered that some tier runs itself
    // Headers, key and memory: router::circumstances.
    std::string traffic_class;  // resolved: never "" where the policy has classes
    std::string tier_wanted;
    std::string tier_min;
    std::int64_t error_cost_usd_milli = 0;
    bool override_effort = false;
    std::int64_t accepted_of_class = 0;
    std::int64_t reasoning_lost = 0;
    // What memory knows the conversation by, hashed: its header's name alone covers all agents under it. ""
    // in records of the first version.
    std::string conversation;
    std::optional<router::session_view> session;
    // What came out.
    std::vector<router::alternative> alternatives;
    std::optional<router::priced_sum> sum;
    std::size_t tier = 0;
    std::string effort_set;
    std::string reason;
    std::string effort_reason;
    std::string policy_reason;  // what the policy alone would have said; "" where the session said nothing
    bool moves_session = true;
};

// A view of what was decided, before the answer: the row itself has what became of it.
recorded recorded_of(const router::decision& d, const dialect::body_index& index,
                     const classifier::features& f, const router::circumstances& about,
                     const router::routing& routes);

// Compact JSON, one object, for row::decision. Takes part in every request: a few microseconds.
std::string write_record(const recorded& r);

// The inverse. The text must be as write_record() writes it, or wrote it in an earlier version, member by
// member; anything else, such as a row that was edited by hand, is a fault: ledger, with the member and the
// place where reading stopped.
result<recorded> read_record(std::string_view text);

// The record of a decision as decide() takes it, for a configuration that may be another one.
struct inputs {
    inputs() = default;
    inputs(const inputs&) = delete;
    inputs& operator=(const inputs&) = delete;

    dialect::body_index index;
    classifier::features features;
    classifier::learned_card learned;  // as recorded; without contributions
    std::optional<router::session_view> session;
    router::circumstances
        about;  // without prices; its views end with the record, its session is the one above
    std::size_t blind_lists =
        0;  // word lists of `routes` that the record says nothing about: taken as absent
};

// Fills `into`, whatever it held. Tiers and word lists are found by name: a session on a tier that `routes`
// does not have is none. `model_asked` and `key_id` are the row's and must outlive `into`, as `from` must.
void remake(inputs& into, const recorded& from, std::string_view model_asked, std::string_view key_id,
            const router::routing& routes);

}  // namespace weir::whatif
