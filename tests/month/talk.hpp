#pragma once
// One conversation on its way through the month: what its client sends next, and what becomes of the answer.
// Can be copied, so that an oracle may try every cell first.

#include "weir/base/time.hpp"
#include "weir/base/usage.hpp"

#include "plan.hpp"
#include "transcript.hpp"
#include "world.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace weir::month {

// A request that waits for an answer.
struct question {
    const conversation* who = nullptr;
    wall_time at;
    std::size_t turn = 0;      // place of the task
    std::int64_t attempt = 0;  // of the task
    bool human = false;        // it brings a human text
    bool housekeeping = false;
    padded_view body;
};

// What an answer came to.
struct answered {
    usage tokens;
    std::int64_t calls = 0;     // since the human text, before this answer
    std::optional<bool> right;  // of the whole task, where this answer was its last word; else it goes on
    bool task_over = false;     // right, or given up
};

class talk {
public:
    talk(const conversation& who, const scenario& world);

    bool over() const noexcept { return turn_ == who_->tasks.size(); }
    wall_time due() const noexcept { return now_; }
    // Place of the task that is worked at.
    std::size_t turn() const noexcept { return turn_; }
    // The next request; the body is valid until answer(). Not to be asked when over().
    question ask();
    answered answer(const cell& by);

private:
    // What a model has in its cache of this conversation, at one effort.
    struct cached {
        std::int64_t tokens = 0;
        wall_time at;
    };

    const task& now_asked() const noexcept { return who_->tasks[turn_]; }
    void pose_task();
    answered answer_title(const cell& by);
    answered answer_step(const cell& by);
    answered answer_last(const cell& by);
    usage read_and_write(const cell& by, std::int64_t prompt, const written& w);

    const conversation* who_;
    const scenario* world_;
    transcript text_;
    transcript title_;
    wall_time now_;
    bool title_due_ = false;
    bool human_due_ = true;  // the next request brings a human text
    std::size_t turn_ = 0;
    std::int64_t attempt_ = 0;
    std::size_t step_ = 0;
    std::int64_t tries_ = 0;     // of the step, in this attempt
    std::int64_t calls_ = 0;     // since the human text
    bool gave_up_ = false;       // the agent did, in this attempt
    std::uint64_t answers_ = 0;  // of this conversation, titles left out
    std::array<cached, tier_names.size() * effort_names.size()> warm_{};
};

}  // namespace weir::month
