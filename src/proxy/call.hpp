#pragma once
// A call of a model, in any API: read, judge, mend, forward, relay. serve() is the table of contents.

#include "weir/dialect/answer_check.hpp"
#include "weir/proxy/judge.hpp"

#include "metered_request.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace weir::proxy {

class call final : public metered_request {
public:
    // upstream_path lives as long as the program.
    call(context& here, frontend::exchange& client, const dialect::api& api, std::string_view upstream_path);

private:
    phase serve() override;
    void price_row() override;
    frontend::field_list own_fields() const override;
    void complete() override;
    net::task<std::optional<result<void>>> replaced() override;

    result<void> route();
    void name_session(std::string_view named);
    phase forward();
    // Edits and slot, and what of the body is wanted when it is gone.
    result<void> prepare(const upstream::settings& to);
    upstream::outgoing compose(const dialect::edit_list& edits, const upstream::settings& to) const;
    relay_plan plan() const;
    dialect::mend_set mended() const;
    bool keeps_reasoning() const;
    // What is wrong with the answer, if anything. Once an attempt.
    void look_at_answer();
    struct set_aside {
        metering::row row;
        relayed answer;
        dialect::mended_body sent;
        router::decision route;
        state::answered told;
    };
    // Back to the first answer; `attempts`: before the second.
    void fall_back(set_aside first, int attempts);
    void price_spent();
    std::int64_t now_ms() const;
    void tell_of_other_model() const;

    std::string_view upstream_path_;
    std::optional<judgement> judged_;
    dialect::mended_body sent_;
    const router::answer_check* check_ = nullptr;  // nullptr: this request's answers are not checked
    dialect::answer_demand demand_;
    bool looked_ = false;
    bool stands_in_ = false;  // the attempt of another tier, after an answer that was none
    dialect::answer_failure failure_ = dialect::answer_failure::none;   // of the answer at hand
    dialect::answer_failure replaced_ = dialect::answer_failure::none;  // of the one that was not sent
    std::optional<metering::row> spent_;  // what a second attempt cost, whose answer did not come
    bool failed_check_ = false;           // what went to the client was none
    std::string asked_;  // what the answer is to, for its turn_keys; only where its thinking is kept
};

}  // namespace weir::proxy
