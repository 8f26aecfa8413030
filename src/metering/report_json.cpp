// Report lines and rows as JSON.

#include "weir/metering/report.hpp"

#include "report_figures.hpp"

#include <nlohmann/json.hpp>

namespace weir::metering {
namespace {

using json = nlohmann::ordered_json;

// Names come from clients and upstreams, so they need not be UTF-8; what is not is shown as U+FFFD.
std::string text_of(const json& value, int indent) {
    return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

json money_of(const pricing::pico_sum& sum) {
    return {{"decimal", sum.to_decimal_text()}, {"pico", sum.to_integer_text()}};
}

json money_or_null(const std::optional<pricing::pico_sum>& sum) { return sum ? money_of(*sum) : json(); }

json tokens_of(const usage& tokens) {
    return {{"hit", tokens.hit},
            {"miss", tokens.miss},
            {"output", tokens.output},
            {"reasoning", tokens.reasoning}};
}

json served_other_of(const report_line& line) {
    json list = json::array();
    for (const auto& [models, rows] : line.served_other) {
        list.push_back({{"model_sent", models.first},
                        {"model_served", models.second},
                        {"requests", rows.requests},
                        {"difference", money_of(rows.difference)},
                        {"uncompared", rows.uncompared}});
    }
    return list;
}

json counts_of(const std::map<std::string, std::int64_t>& counts) {
    json object = json::object();
    for (const auto& [name, rows] : counts) object[name] = rows;
    return object;
}

json json_of(const report_line& line, grouping by) {
    json baselines = json::object();
    for (const auto& [tier, cost] : line.baselines) baselines[tier] = money_of(cost);
    json shown = json::object();
    shown["group"] = line.group;
    if (by == grouping::fingerprint) shown["fingerprint"] = line.fingerprint;
    shown.update({{"requests", line.requests},
                  {"tokens", tokens_of(line.tokens)},
                  {"currency", line.currency},
                  {"cost", money_of(line.cost)},
                  {"baselines", std::move(baselines)},
                  {"saved", money_of(saved_by(line))},
                  {"estimated", line.estimated},
                  {"suspect", line.suspect},
                  {"unpriced", line.unpriced},
                  {"served_other", served_other_of(line)},
                  {"mended_rows", line.mended_rows},
                  {"mended", counts_of(line.mended)},
                  {"checked", counts_of(line.checked)},
                  {"replaced", line.replaced},
                  {"accepted", line.accepted},
                  {"not_accepted", line.rejected},
                  {"unknown", line.unknown()},
                  {"cost_per_accepted", money_or_null(cost_per_accepted(line, false))},
                  {"judged_cost_per_accepted", money_or_null(cost_per_accepted(line, true))}});
    return shown;
}

std::string decimal_of(pricing::pico cost) {
    pricing::pico_sum sum;
    sum.add(cost);
    return sum.to_decimal_text();
}

}  // namespace

std::string print_json(const std::vector<report_line>& lines, grouping by) {
    json list = json::array();
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) list.push_back(json_of(lines[i], by));
    const json all{{"by", by == grouping::none ? json(nullptr) : json(heading_of(by))},
                   {"lines", std::move(list)},
                   {"total", json_of(lines.back(), by)}};
    return text_of(all, 2) + '\n';
}

std::string to_json(const row& r) {
    json baselines = json::object();
    for (const auto& [tier, cost] : r.baselines) {
        baselines[tier] = {{"cost", decimal_of(cost)}, {"cost_pico", cost.value}};
    }
    json shown{{"id", to_text(r.id)},
               {"model_asked", r.model_asked},
               {"model_sent", r.model_sent},
               {"model_served", r.model_served},
               {"fingerprint", r.fingerprint},
               {"served_other", r.served_other},
               {"mended", r.mended},
               {"checked", r.checked},
               {"tier", r.tier},
               {"effort", r.effort},
               {"reason", r.reason},
               {"policy", r.policy},
               {"class", r.traffic_class},
               {"score", static_cast<double>(r.score) / 1000.0},
               {"key", r.key_id},
               {"endpoint", r.endpoint},
               {"session", r.session},
               {"stream", r.stream},
               {"tokens", tokens_of(r.tokens)},
               {"currency", r.currency},
               {"cost", decimal_of(r.cost)},
               {"cost_pico", r.cost.value},
               {"price_version", r.price_version},
               {"price_tariff", r.price_tariff},
               {"baselines", std::move(baselines)},
               {"estimated", r.estimated},
               {"suspect", r.suspect},
               {"outcome", name_of(r.how)},
               {"status", r.status},
               {"upstream_status", r.upstream_status},
               {"error", r.error},
               {"finish_reason", r.finish_reason},
               {"attempts", r.attempts},
               {"started", to_rfc3339(from_unix_ms(r.started_ms))},
               {"ended", to_rfc3339(from_unix_ms(r.ended_ms))},
               {"duration_us", r.duration_us},
               {"first_byte_us", r.first_byte_us < 0 ? json(nullptr) : json(r.first_byte_us)},
               {"request_bytes", r.request_bytes},
               {"answer_bytes", r.answer_bytes}};
    if (r.parent.value != 0) shown["parent"] = to_text(r.parent);
    return text_of(shown, -1);
}

}  // namespace weir::metering
