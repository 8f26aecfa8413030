#pragma once
// What is remembered of conversations between their requests: the cell each has, what either model has of it
// in its cache, and what it asked last. In memory alone, bounded in entries and time; no text. From any
// thread: shards, each behind a mutex that is held for a look-up.

#include "weir/base/request_id.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::state {

struct session_bounds {
    std::size_t entries_max = 100'000;  // the least recently used go first; 0 remembers nothing
    std::int64_t idle_ms = 3'600'000;   // without find() or note(); then it is forgotten
};

// Prompt tokens that a tier's model had read when it last answered, all of which it then has in its cache.
struct warmth {
    std::int64_t prompt_tokens = 0;
    std::int64_t at_ms = 0;
};

struct session {
    std::size_t tier = 0;
    std::string effort;         // as weir set it; "keep" where nothing was said
    std::string effort_reason;  // as it was then
    std::string effort_sent;    // of the last request, whoever chose it
    std::int64_t human_turns = 0;
    std::int64_t requests = 0;       // housekeeping left out
    std::int64_t answers = 0;        // of these, that told their usage
    std::int64_t output_tokens = 0;  // of all answers
    bool failed_check = false;       // the last answer, already on its way, was no answer
    std::vector<warmth> warm;        // by tier; shorter where none of the last ones answered yet
    std::uint64_t ask_hash = 0;      // of the latest human text
    std::int64_t asked_ms = 0;       // when it was asked first
    request_id asked_in;             // the request that brought it; as long as none was answered the last one
    bool ask_answered = false;       // a whole answer to it reached the client
    bool last_answered = false;      // and one to the last request
};

// How a request changes what is remembered, at the moment it is routed.
struct routed {
    std::size_t tier = 0;
    std::string effort;
    std::string effort_reason;
    bool human_turn = false;     // it brings a new human text
    std::uint64_t ask_hash = 0;  // 0: it brings none
    request_id id;
    std::string effort_sent;  // whoever chose it
};

// What its answer told.
struct answered {
    std::size_t tier = 0;
    std::int64_t prompt_tokens = 0;  // hit and miss; 0: it told no usage
    std::int64_t output_tokens = 0;
    bool failed_check = false;
    bool reached_client = true;  // whole; false for one that broke off or was replaced
    bool warms_alone = false;    // a pin's: what it read is warm, and else nothing is remembered of it
};

class session_store {
public:
    explicit session_store(const session_bounds& bounds);
    ~session_store();

    // `key`: an identity in any form. `now_ms` is any clock that does not go back. find() is a use.
    std::optional<session> find(std::string_view key, std::int64_t now_ms) const;
    // A human turn counts even where it asks the same again; what is remembered of an ask is then the first
    // time, or the last one as long as none was answered. Another effort on the same tier makes its cache
    // cold: effort is part of what a cache is kept for.
    void note(std::string_view key, const routed& what, std::int64_t now_ms);
    // Nothing happens where the session is not remembered any more.
    void note(std::string_view key, const answered& what, std::int64_t now_ms);

    struct counts {
        std::uint64_t entries = 0;
        std::uint64_t evicted = 0;  // for want of room
    };
    counts read() const;

private:
    struct entries;
    std::unique_ptr<entries> entries_;
};

}  // namespace weir::state
