#include "weir/dialect/mends.hpp"

namespace weir::dialect {
namespace {

constexpr std::array<std::string_view, mend_count> names = {"developer_role",
                                                            "max_completion_tokens",
                                                            "effort_alias",
                                                            "effort_while_disabled",
                                                            "stream_options_alone",
                                                            "user_id",
                                                            "forced_tool_choice",
                                                            "json_schema",
                                                            "max_tokens",
                                                            "include_usage",
                                                            "reasoning",
                                                            "reasoning_empty",
                                                            "reasoning_off",
                                                            "answer_model"};
static_assert(static_cast<std::size_t>(mend::answer_model) + 1 == mend_count);

}  // namespace

std::string_view name_of(mend m) noexcept { return names[static_cast<std::size_t>(m)]; }

mend_set mend_set::all() noexcept {
    mend_set set;
    set.bits_ = (1U << mend_count) - 1;
    return set;
}

std::string mend_set::text() const {
    std::string out;
    for (std::size_t i = 0; i < mend_count; ++i) {
        const auto m = static_cast<mend>(i);
        if (!has(m)) continue;
        if (!out.empty()) out += ", ";
        out += name_of(m);
    }
    return out;
}

}  // namespace weir::dialect
