#pragma once
// A DeepSeek in a box, without sockets or clocks: a request's bytes in, a scripted answer out. The answer
// says what to send and when; server.hpp plays it to a client.
//
//     simulator box{default_script()};
//     answer said = box.respond({"POST", "/chat/completions", "Bearer sk-any", body}, now);
//
// Source of the rules: DeepSeek API documentation, Create Chat Completion, Responses API, Anthropic API, FIM
// Completion, Chat Prefix Completion, Thinking Mode, Context Caching, Error Codes and Rate Limit, as of
// November 2026; answers that users quote in public issue threads, where the documentation is silent.

#include "weir/base/time.hpp"
#include "weir/base/usage.hpp"
#include "weir/simulator/script.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

struct request {
    std::string_view method;
    std::string_view path;           // without a query
    std::string_view authorization;  // value of the field, empty where there is none
    std::string_view body;
    std::string_view api_key = {};  // value of x-api-key, which counts on the Anthropic paths alone
};

// One payload write, after a pause. A step of no bytes is only the pause.
struct step {
    std::int64_t wait_ms = 0;
    std::string payload;
};

// How an answer ends after its last step.
enum class ending : std::uint8_t {
    complete,  // as its framing says
    cut,       // the connection is closed in mid-answer
    stall,     // nothing more comes, the connection stays open until the client leaves
};

struct answer {
    std::int64_t number = 0;  // of the request, from 1, in the order of arrival
    int status = 200;
    std::vector<header_field> headers;  // Content-Type among them; none for framing
    std::int64_t delay_ms = 0;          // before the first byte
    bool close = false;                 // the connection is closed after this answer
    bool length_known = true;           // false: sent in chunks
    std::vector<step> steps;
    ending end = ending::complete;

    std::string model;                // the model asked for, where the body named one
    std::string served_model;         // the model that the answer names; empty for errors
    std::optional<weir::usage> used;  // what is billed; none for errors

    std::string payload() const;  // of all steps together
};

// Requests of several threads may overlap; each sees the state that earlier ones left.
class simulator {
public:
    explicit simulator(script s);
    ~simulator();
    simulator(const simulator&) = delete;
    simulator& operator=(const simulator&) = delete;

    // `now` dates the answer (`created`). Never fails: what is wrong with a request is in the answer.
    answer respond(const request& asked, wall_time now);

    std::int64_t requests() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

// The longest body that is read, in bytes: DeepSeek's own limit. A longer one is answered with 413.
inline constexpr std::size_t request_bytes_max = 48 * 1024 * 1024;

}  // namespace weir::simulator
