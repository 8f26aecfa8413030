#pragma once
// What became known about an answer after it was given: somebody said so, or what happened next says so.

#include "weir/base/error.hpp"
#include "weir/base/request_id.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace weir::metering {

inline constexpr std::size_t note_bytes_max = 1024;

enum class outcome_kind : std::uint8_t {
    feedback,     // the client said so: POST /v1/feedback
    retried,      // the client's library sent the request again
    asked_again,  // the same ask came again within minutes
    loop,         // the agent went on in circles
    verifier      // the answer was checked
};
// "feedback", "retried", "asked_again", "loop", "verifier": as the ledger stores them.
std::string_view name_of(outcome_kind kind) noexcept;
std::optional<outcome_kind> parse_outcome_kind(std::string_view name) noexcept;

// One a request and kind: a later one takes the place of an earlier one.
struct answer_outcome {
    request_id request;
    std::int64_t at_ms = 0;  // wall clock, Unix
    outcome_kind kind = outcome_kind::feedback;
    bool accepted = false;
    std::optional<double> score;  // 0 .. 1, as the client gave it
    // The client's own words about the answer, at most note_bytes_max of UTF-8. Nothing of the request.
    std::string note;
};

// Whether an answer was good enough, as far as it is known.
enum class acceptance : std::uint8_t { unknown, accepted, rejected };

// Sums up outcomes by request. Feedback is believed before all else; without it any other kind that says no
// is a no. A request that nothing but silence or a passed check is known of stays unknown: it is never
// counted as accepted.
class acceptances {
public:
    void add(const answer_outcome& o);
    acceptance of(request_id request) const;

private:
    std::unordered_map<std::int64_t, std::uint8_t> seen_;
};

}  // namespace weir::metering
