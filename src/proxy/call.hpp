#pragma once
// A call of a model, in any API: read, judge, mend, forward, relay. serve() is the table of contents.

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

    result<void> route();
    phase forward();
    upstream::outgoing compose(const dialect::edit_list& edits, const upstream::settings& to) const;
    relay_plan plan() const;
    dialect::mend_set mended() const;
    // Whose thinking custody keeps.
    std::string owner() const;
    bool keeps_reasoning() const;
    void check_answer();
    void tell_of_other_model() const;

    std::string_view upstream_path_;
    std::optional<judgement> judged_;
    dialect::mended_body sent_;
    std::string asked_;  // what the answer is to, for its turn_keys; only where its thinking is kept
};

}  // namespace weir::proxy
