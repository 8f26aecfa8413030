#pragma once
// What the configuration says about routing, validated: tiers, names, policy. Decided over in
// router/decide.hpp.

#include "weir/classifier/score.hpp"
#include "weir/dialect/ask.hpp"
#include "weir/dialect/mends.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace weir::router {

// A class of models that may answer: "flash", "pro". Any number; from the cheapest to the dearest.
struct tier {
    std::string name;
    std::string upstream;                 // name of the upstream that serves it
    std::string model;                    // name sent upstream
    bool images = false;                  // reads images
    std::int64_t context_tokens_max = 0;  // input and output together
    std::int64_t output_tokens_max = 0;
    bool files = false;                          // reads files
    std::vector<std::string> server_tools = {};  // types of tools that it runs itself, where others do not
};

// An effort word of weir and the members that say it upstream, by API: none in chat is
// "thinking":{"type":"disabled"}. "keep" is no entry: nothing is said, DeepSeek's default or the client's own
// words stand.
struct effort_word {
    std::string name;
    std::array<std::vector<dialect::said_member>, dialect::api_count> members;  // by api_kind
    // What clients also call it: "medium" is high. Source: DeepSeek, thinking mode.
    std::vector<std::string> aliases;
};

// A model name that a client may ask for and that fixes the tier.
struct pin {
    std::string name;
    std::size_t tier = 0;
    std::string send;    // name sent upstream
    std::string effort;  // "" or an effort word, used where the client says nothing
};

enum class measure : std::uint8_t {
    prompt_chars,
    tools,
    tool_calls,
    same_call_of_last_6,
    failed_results_of_last_6,
    files_named,
    pasted_lines,
    pasted_per_mille,
    context_tokens,
    images,
    error_cost_usd_milli,
    input_tokens
};

// measure > value (over) or measure >= value (from)
struct bound {
    measure what;
    bool inclusive = false;
    std::int64_t value = 0;
};
// A word of this list occurs in the request.
struct words_in {
    std::size_t list;
};
struct turn_is {
    dialect::turn kind;
};
// The score is at or over the class's pro_from_score.
struct score_reached {};
// No weight of the sum fired.
struct no_signal {};
struct always {};
// Accepted for later: output_forecast_over.
struct never {};
// Effort lines only.
struct reason_is {
    std::string reason;
};
struct tier_is {
    std::size_t tier;
};
// Operator's rules only; `name` of model_is is the one asked for and may end with *.
struct class_is {
    std::string name;
};
struct key_is {
    std::string key_id;
};
struct model_is {
    std::string name;
};
using predicate = std::variant<bound, words_in, turn_is, score_reached, no_signal, always, never, reason_is,
                               tier_is, class_is, key_is, model_is>;
// All must hold.
using condition = std::vector<predicate>;

struct policy_line {
    condition when;
    std::optional<std::size_t> use;  // tier; nullopt: the class's default
    std::string reason;
    std::string where;  // "bounded.yaml:24", as shown
};

struct effort_line {
    condition when;
    std::string set;  // an effort word or "keep"
    std::string where;
};

struct traffic_class {
    std::string name;
    std::size_t default_tier = 0;
    int pro_from_score = 600;  // thousandths
};

struct policy {
    std::string name;
    std::int64_t version = 0;
    std::vector<classifier::word_list> words;
    classifier::weighted score;
    std::vector<traffic_class> classes;  // the first is the default
    std::vector<policy_line> decide;     // from the top, the first that matches decides
    std::vector<effort_line> effort;
};

// An operator's rule: before the policy. Decides a tier, an effort, or both.
struct rule {
    std::string name;
    condition when;
    std::optional<std::size_t> use;
    std::string effort;  // "" says nothing
    std::string where;
};

// What the router does about calls that thinking mode would refuse.
struct thinking_rules {
    // A forced tool_choice: thinking off for this call, or a refusal with 400. Off: neither, it goes
    // upstream.
    enum class forced : std::uint8_t { leave, thinking_off, refuse };
    forced forced_tool_choice = forced::thinking_off;
    // History lacks its thinking and custody has none: an empty one is put in, or thinking is off for this
    // call. Leave: neither, and nothing is looked for in custody.
    enum class missing : std::uint8_t { leave, empty, thinking_off };
    missing missing_reasoning = missing::empty;
};

struct routing {
    thinking_rules thinking;
    std::vector<tier> tiers;
    std::vector<effort_word> efforts;
    std::string effort_without_thinking =
        "none";                       // the effort word that the gates set, and that says "disabled"
    std::vector<std::string> routed;  // names that mean "route me"; a final * matches any rest
    std::vector<pin> pins;
    std::vector<rule> rules;
    policy default_policy;
};

}  // namespace weir::router
