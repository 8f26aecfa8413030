#include "talk.hpp"

#include "draw.hpp"
#include "texts.hpp"

#include <algorithm>
#include <string_view>

namespace weir::month {

namespace {

constexpr std::size_t title_bytes_max = 600;  // of the ask that a title is made of
constexpr std::int64_t ask_again_ms = 60'000;

std::string_view system_of(const conversation& c) noexcept {
    return c.agent() ? agent_system() : c.batch() ? batch_system() : std::string_view();
}

std::string_view first_bytes(std::string_view text) noexcept {
    std::size_t end = std::min(text.size(), title_bytes_max);
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end);
}

}  // namespace

talk::talk(const conversation& who, const scenario& world)
    : who_(&who),
      world_(&world),
      text_(system_of(who), who.agent() ? std::string_view(agent_tools()) : std::string_view(),
            who.states_effort ? effort_names[effort_of_default] : std::string_view()),
      title_(title_system(), "", ""),
      now_(who.start),
      title_due_(who.has_title) {
    if (title_due_) title_.user(first_bytes(who.tasks.front().text));
}

question talk::ask() {
    question q{who_, now_, turn_, attempt_, human_due_, title_due_, padded_view("", 0)};
    if (title_due_) {
        q.human = false;
        q.body = title_.body();
        return q;
    }
    if (human_due_) pose_task();
    q.body = text_.body();
    return q;
}

answered talk::answer(const cell& by) {
    if (title_due_) return answer_title(by);
    const bool works = !gave_up_ && step_ < now_asked().steps.size();
    answered a = works ? answer_step(by) : answer_last(by);
    ++answers_;
    return a;
}

void talk::pose_task() {
    human_due_ = false;
    calls_ = tries_ = 0;
    gave_up_ = false;
    text_.user(now_asked().text);
}

answered talk::answer_title(const cell& by) {
    title_due_ = false;
    const written w = written_by(by, kind::housekeeping, now_asked().seed, 0);
    answered a;
    a.tokens = {0, title_.tokens(), w.all(), w.thinking};
    return a;
}

usage talk::read_and_write(const cell& by, std::int64_t prompt, const written& w) {
    cached& cache = warm_[by.tier * effort_names.size() + by.effort];
    const bool warm = (now_ - cache.at).count() <= cache_idle_ms;
    const std::int64_t known = warm ? std::min(cache.tokens, prompt) : 0;
    const std::int64_t hit = known / cache_unit_tokens * cache_unit_tokens;
    cache = {prompt, now_};
    now_ += milliseconds{w.all() * 1000 / tokens_per_second};
    return {hit, prompt - hit, w.all(), w.thinking};
}

// A call of the step, and what the tool says.
answered talk::answer_step(const cell& by) {
    const task& t = now_asked();
    const written w = written_by(by, kind::agent, t.seed, answers_);
    answered a;
    a.calls = calls_;
    a.tokens = read_and_write(by, text_.tokens(), w);
    const bool good = step_succeeds(*world_, t, step_, by, attempt_, tries_, calls_);
    const bool same_again = t.steps[step_].trap && !good;
    const auto which =
        same_again ? 63U : static_cast<std::uint64_t>(attempt_ * (step_tries_max + 1) + tries_);
    const spoken_call c = call_of(t, step_, which, !good);
    const std::string id = "call_" + std::to_string(answers_);
    text_.call(id, c.name, c.arguments, filler(w.thinking, t.seed + answers_, who_->chinese));
    text_.result(id, c.result);
    now_ += milliseconds{drawn(tool_seconds, t.seed, for_tool, answers_) * 1000};
    ++calls_;
    ++tries_;
    if (good) {
        ++step_;
        tries_ = 0;
    } else if (tries_ >= step_tries_max) {
        gave_up_ = true;
    }
    return a;
}

answered talk::answer_last(const cell& by) {
    const task& t = now_asked();
    const written w = written_by(by, t.what, t.seed, answers_);
    answered a;
    a.calls = calls_;
    a.tokens = read_and_write(by, text_.tokens(), w);
    a.right = !gave_up_ && is_right(*world_, t, by, attempt_, calls_);
    const bool asks_again = !*a.right && !who_->batch() && attempt_ + 1 < attempts_max;
    a.task_over = !asks_again;
    // Thinking has to come back where tools are offered, and only there.
    text_.assistant(filler(w.visible, t.seed + answers_, who_->chinese),
                    who_->agent() ? filler(w.thinking, t.seed + answers_, who_->chinese) : std::string());
    human_due_ = true;
    if (asks_again) {
        ++attempt_;
        now_ += milliseconds{ask_again_ms};
        return a;
    }
    ++turn_;
    attempt_ = 0;
    step_ = 0;
    if (!over()) now_ += milliseconds{now_asked().wait_ms};
    return a;
}

}  // namespace weir::month
