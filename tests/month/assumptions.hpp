#pragma once
// What the simulated month takes for granted: every number that is assumed about users and models, in one
// place.
//
// None of it was measured on anybody's traffic. The shapes come from the articles that the default policy
// follows (Pro better on unbounded work; Flash loses its thread after six to eight calls) and from the
// vendor's benchmarks of November 2026 (Flash equal to Pro or better on agent work; Pro ahead in facts from
// memory; effort moves quality more than the model does). The numbers are ours. docs/routing.md prints them
// beside the results.
//
// How a task goes:
//   - it has a kind and a difficulty, 0 to 1000, the sum of two even draws over its kind's range; its text
//   tells
//     only part of that;
//   - a cell (tier and effort) has an ability for each group of kinds; an answer is right where difficulty
//   plus the
//     luck of this attempt is at most that. Luck belongs to task and attempt, not to the cell: what is right
//     for a cell is right for every abler one, and all policies face the same right answers;
//   - after a wrong answer the user asks the same again, three times in all, then leaves it. Lines of a batch
//   are
//     asked once; a program checks them and reports the right ones as accepted;
//   - an agent works off steps, a call each. A step that fails is tried again: a trap with the very same
//   call,
//     any other with another one. After step_tries_max the agent gives up and its answer is wrong.
// Broken answers, refusals, outages and limits do not happen, so the answer check never acts.
//
// How it is billed: prompts count by the estimate that weir uses itself. What a model read in a conversation,
// at the same effort, is in its cache until cache_idle_ms later, in whole units; nothing is shared between
// conversations, though in truth agents share their system text. Prices are those of the hour in which a
// request starts.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::month {

// The cells that the world knows; more tiers or efforts in the configuration are an error when a month
// starts.
inline constexpr std::array<std::string_view, 2> tier_names{"flash", "pro"};
inline constexpr std::array<std::string_view, 4> effort_names{"none", "low", "high", "max"};
inline constexpr std::size_t effort_of_default = 2;  // what DeepSeek does where nobody said anything

enum class kind : std::uint8_t { chat, knowledge, document, rewrite, proof, agent, batch, housekeeping };
inline constexpr std::size_t kind_count = 8;
inline constexpr std::array<std::string_view, kind_count> kind_names{
    "chat", "knowledge", "document", "rewrite", "proof", "agent", "batch", "housekeeping"};

struct range {
    std::int64_t least = 0;
    std::int64_t most = 0;
};

// Tasks of one kind, whoever answers.
struct habits {
    range difficulty;
    range visible_tokens;          // of an answer; of an agent, of a step
    std::int64_t thinking_tokens;  // at effort high
};
inline constexpr std::array<habits, kind_count> habits_of{{
    {{0, 900}, {120, 600}, 700},       // chat
    {{150, 950}, {40, 200}, 500},      // knowledge
    {{0, 850}, {200, 900}, 500},       // document
    {{150, 950}, {500, 2500}, 1500},   // rewrite
    {{250, 1000}, {400, 1500}, 6000},  // proof
    {{100, 950}, {60, 260}, 280},      // agent
    {{0, 900}, {20, 160}, 350},        // batch
    {{0, 0}, {8, 24}, 150},            // housekeeping
}};

// Per mille of thinking_tokens. Flash thinks more: a public index counted 1.56 times the output tokens of Pro
// for it.
inline constexpr std::array<std::int64_t, 4> thinking_by_effort{0, 350, 1000, 2200};
inline constexpr std::array<std::int64_t, 2> thinking_by_tier{1000, 640};

inline constexpr std::int64_t luck_most = 90;          // either way, on top of the difficulty
inline constexpr std::int64_t attempts_max = 3;        // of a task, the first included
inline constexpr std::int64_t step_tries_max = 7;      // of an agent's step before it gives up
inline constexpr std::int64_t step_easier = 180;       // a step is that much easier than its task
inline constexpr std::int64_t trap_per_mille = 60;     // steps that are traps
inline constexpr std::int64_t trap_harder = 250;       // and that much harder than other steps
inline constexpr std::int64_t tokens_per_second = 60;  // of an answer
inline constexpr range tool_seconds{3, 45};            // that a tool takes
inline constexpr range reading_seconds{40, 900};       // between an answer and the next ask
inline constexpr std::int64_t pause_per_mille = 80;    // asks that come after a long pause
inline constexpr range pause_seconds{3600, 6 * 3600};
inline constexpr std::int64_t cache_idle_ms = 4LL * 3600 * 1000;
inline constexpr std::int64_t cache_unit_tokens = 64;
inline constexpr std::int64_t effort_stated_per_mille = 500;  // agents that state effort high themselves
inline constexpr std::int64_t title_per_mille = 600;          // conversations that get a title

// Kinds whose answers need the same ability.
enum class skill : std::uint8_t { everyday, code, reasoning, knowledge, agent };
inline constexpr std::size_t skill_count = 5;
inline constexpr std::array<std::string_view, skill_count> skill_names{"everyday", "code", "reasoning",
                                                                       "knowledge", "agent"};
constexpr skill skill_of(kind k) noexcept {
    switch (k) {
        case kind::knowledge:
            return skill::knowledge;
        case kind::rewrite:
            return skill::code;
        case kind::proof:
            return skill::reasoning;
        case kind::agent:
            return skill::agent;
        case kind::chat:
        case kind::document:
        case kind::batch:
        case kind::housekeeping:
            break;
    }
    return skill::everyday;
}

// What models can do: ability[tier][skill][effort].
struct scenario {
    std::string_view name;
    std::string_view title;
    std::array<std::array<std::array<std::int64_t, 4>, skill_count>, 2> ability;
    // What Flash loses with each call of an agent's turn beyond so many, and at most.
    std::int64_t drift_after_calls = 0;
    std::int64_t drift_per_call = 0;
    std::int64_t drift_most = 0;
};

inline constexpr scenario as_articles_say{"articles",
                                          "As the articles say",
                                          {{{{{680, 730, 770, 780},
                                              {540, 620, 680, 700},
                                              {320, 450, 560, 620},
                                              {520, 530, 540, 540},
                                              {500, 580, 640, 660}}},
                                            {{{770, 820, 850, 860},
                                              {670, 770, 840, 860},
                                              {430, 620, 780, 830},
                                              {800, 810, 820, 820},
                                              {640, 750, 830, 850}}}}},
                                          6,
                                          25,
                                          300};

inline constexpr scenario as_benchmarks_say{"benchmarks",
                                            "As November's benchmarks say",
                                            {{{{{700, 780, 840, 850},
                                                {590, 720, 830, 850},
                                                {330, 560, 780, 850},
                                                {520, 530, 540, 545},
                                                {640, 760, 840, 865}}},
                                              {{{710, 785, 840, 855},
                                                {590, 715, 815, 840},
                                                {340, 560, 770, 845},
                                                {800, 810, 820, 825},
                                                {620, 740, 815, 845}}}}},
                                            0,
                                            0,
                                            0};

inline constexpr std::array<scenario, 2> scenarios{as_articles_say, as_benchmarks_say};

}  // namespace weir::month
