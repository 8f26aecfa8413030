#pragma once
// From bytes to a document, and the few values that rules look at before anything is checked.

#include "weir/simulator/script.hpp"

#include "refusal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::simulator {

// What rules look at, read leniently: a request that is about to be refused has it too.
struct glimpse {
    dialect spoken = dialect::chat;
    std::string model;
    std::string ask;  // text of the latest message of a user; the prompt where there are no messages
    bool stream = false;
    bool tools = false;             // at least one is offered
    std::int64_t tool_results = 0;  // since that message
};
glimpse glance(const nlohmann::json& body, dialect spoken);

// JSON text to a document. Nesting is bounded by json_depth_max.
allowed<nlohmann::json> parse_body(std::string_view body);
inline constexpr int json_depth_max = 128;

}  // namespace weir::simulator
