#pragma once
// What is written in the simulated month: asks that tell a part of how hard they are, and what agents and
// models say in between. All of it made from templates of our own.

#include "plan.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::month {

// The ask of a task, with what is pasted into it. A hard one says so more often than an easy one, and not
// always.
std::string text_of(const task& t, bool chinese);

// System text of an agent, of a batch, of a chat ("": none) and of a request for a title.
std::string_view agent_system() noexcept;
std::string_view batch_system() noexcept;
std::string_view title_system() noexcept;

// The value of `tools`: JSON, functions that read, search, edit and run.
const std::string& agent_tools();

// A call of an agent's step and what its tool answers. The same `which` is the very same call.
struct spoken_call {
    std::string name;
    std::string arguments;  // JSON
    std::string result;
};
spoken_call call_of(const task& t, std::size_t step, std::uint64_t which, bool failed);

// Text of about so many tokens, as an answer or a thought.
std::string filler(std::int64_t tokens, std::uint64_t seed, bool chinese);

}  // namespace weir::month
