#pragma once
// What the configuration says about routing, validated: tiers, names, policy. Decided over in
// router/decide.hpp.

#include "weir/classifier/linear.hpp"
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

// A feature compared with a number. over: more than; from: at least; under: less than.
enum class comparison : std::uint8_t { over, from, under };
struct bound {
    std::size_t feature = 0;  // index into classifier::feature_list()
    comparison how = comparison::over;
    std::int64_t value = 0;
};
// A word of this list occurs in the request, or in its lead.
struct words_in {
    std::size_t list;
    bool lead = false;
};
// None does.
struct no_words_in {
    std::size_t list;
    bool lead = false;
};
struct turn_is {
    dialect::turn kind;
};
// The score is at or over the class's pro_from_score.
struct score_reached {};
// No weight of the sum fired.
struct no_signal {};
struct always {};
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
using predicate = std::variant<bound, words_in, turn_is, score_reached, no_signal, always, reason_is, tier_is,
                               class_is, key_is, model_is, no_words_in>;
// All must hold.
using condition = std::vector<predicate>;

struct policy_line {
    condition when;
    std::optional<std::size_t> use;  // tier; nullopt: the class's default
    std::string effort;  // an effort word or "keep" where the line names a cell: "flash.high"; "" leaves it
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
    std::int64_t flash_after_accepted =
        0;  // accepted answers after which the default is the cheapest tier; 0: never
};

// The learned score of a policy: always recorded; it decides where `decides` says so.
struct learned_rule {
    enum class use : std::uint8_t { never, when_tuned, always };
    std::optional<classifier::linear> kind;  // nullopt: none
    use decides = use::when_tuned;
    // Thousandths from which the dearer tier answers, as `weir tune` found it. nullopt: not tuned; `always`
    // then takes the class's pro_from_score.
    std::optional<int> pro_from_score;

    bool deciding() const noexcept {
        return kind && (decides == use::always || (decides == use::when_tuned && pro_from_score));
    }
};

// How long a conversation stays with its cell. docs/routing.md, sessions.
struct session_rules {
    // When the tier of a conversation may fall; it rises at once, always.
    enum class fall : std::uint8_t { at_a_new_human_turn_if_cheaper, at_a_new_human_turn, never };
    bool on = false;
    fall down = fall::at_a_new_human_turn_if_cheaper;
    std::int64_t idle_ms = 3'600'000;           // then it is forgotten, and its cache with it
    std::int64_t warn_after_tool_calls = 0;     // x-weir-warning from there on; 0: never
    std::int64_t expected_requests_max = 3;     // of a turn, in the priced sum
    std::int64_t output_tokens_expected = 400;  // of an answer, where nothing was seen yet
};

// What makes an answer of a cheap tier no answer, and who answers then.
struct answer_check {
    bool on = false;
    bool streams_too = false;  // hold back a stream until it can be judged
    bool json = false, schema = false, tool_arguments = false, truncated = false, empty = false,
         refusal = false, broken_off = false;
    std::size_t then = 0;          // tier
    int confidence_per_mille = 0;  // where the client asked for logprobs; 0: not looked at
};

struct policy {
    std::string name;
    std::int64_t version = 0;
    classifier::weighted score;
    learned_rule learned;
    session_rules session;
    answer_check check;
    std::vector<traffic_class> classes;  // the first is the default
    std::vector<policy_line> decide;     // from the top, the first that matches decides
    std::vector<effort_line> effort;
};

// An operator's rule: before the policy. Decides a tier, an effort, a policy, or several of them.
struct rule {
    std::string name;
    condition when;
    std::optional<std::size_t> use;
    std::string effort;                 // "" says nothing
    std::optional<std::size_t> policy;  // index into routing::policies: decides where `use` does not
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
    std::vector<classifier::word_list> words;  // of all policies; a list that two of them share stands once
    std::vector<policy> policies;              // the first is the default; never empty

    const policy& default_policy() const noexcept { return policies.front(); }
};

}  // namespace weir::router
