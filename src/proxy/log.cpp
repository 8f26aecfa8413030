#include "weir/proxy/log.hpp"

#include "weir/base/time.hpp"
#include "weir/net/clock.hpp"

#include "access_log.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>

namespace weir::proxy {

namespace {

constexpr std::size_t value_bytes_max = 1024;
bool as_json = true;

using json = nlohmann::ordered_json;

std::string dump(const json& line) { return line.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string now_text() { return to_rfc3339(net::real_clock{}.wall()); }

std::string event_line(std::string_view level, std::string_view event, const log_fields& fields) {
    if (as_json) {
        json line{{"ts", now_text()}, {"level", level}, {"event", event}};
        for (const auto& [name, value] : fields) line[std::string(name)] = value.substr(0, value_bytes_max);
        return dump(line);
    }
    std::string line(event);
    for (const auto& [name, value] : fields) {
        line.append("  ").append(name).append("=").append(value.substr(0, value_bytes_max));
    }
    return line;
}

json request_line(const metering::row& r, const fault* why) {
    json line{{"ts", to_rfc3339(from_unix_ms(r.ended_ms))},
              {"level", why && why->from != origin::client ? "warn" : "info"},
              {"event", "request"},
              {"request_id", to_text(r.id)},
              {"key_id", r.key_id},
              {"status", r.status},
              {"outcome", name_of(r.how)},
              {"model_asked", r.model_asked.substr(0, value_bytes_max)},
              {"model", r.model_sent},
              {"tier", r.tier},
              {"effort", r.effort.substr(0, value_bytes_max)},
              {"reason", r.reason},
              {"score", r.score / 1000.0},
              {"duration_ms", static_cast<double>(r.duration_us) / 1000.0}};
    if (r.first_byte_us >= 0) line["first_byte_ms"] = static_cast<double>(r.first_byte_us) / 1000.0;
    line["tokens"] = {{"hit", r.tokens.hit},
                      {"miss", r.tokens.miss},
                      {"output", r.tokens.output},
                      {"reasoning", r.tokens.reasoning}};
    line["cost_pico_usd"] = r.cost.value;
    if (r.estimated) line["estimated"] = true;
    if (r.suspect) line["suspect"] = true;
    if (r.upstream_status) line["upstream_status"] = r.upstream_status;
    if (!r.error.empty()) line["error"] = r.error;
    // A client's fault may quote the client; ours and upstream's are our own words.
    if (why && why->from != origin::client) line["detail"] = why->detail.substr(0, value_bytes_max);
    return line;
}

}  // namespace

void set_up_log(config::log_format format) {
    as_json = format == config::log_format::json ||
              (format == config::log_format::automatic && ::isatty(fileno(stderr)) == 0);
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    auto logger = std::make_shared<spdlog::logger>("weir", sink);
    logger->set_pattern(as_json ? "%v" : "%H:%M:%S %^%l%$ %v");
    spdlog::set_default_logger(std::move(logger));
}

void log_event(std::string_view event, const log_fields& fields) {
    spdlog::info("{}", event_line("info", event, fields));
}

void log_problem(std::string_view event, const log_fields& fields) {
    spdlog::warn("{}", event_line("warn", event, fields));
}

void log_request(const metering::row& r, const fault* why) {
    const bool ours = why && why->from != origin::client;
    const auto level = ours ? spdlog::level::warn : spdlog::level::info;
    if (!spdlog::should_log(level)) return;
    if (as_json) {
        spdlog::log(level, "{}", dump(request_line(r, why)));
        return;
    }
    spdlog::log(level, "{} {} {} {}/{} {} hit {} miss {} out {}  {:.1f} ms{}{}", to_text(r.id), r.status,
                name_of(r.how), r.model_sent, r.effort.substr(0, 16), r.reason, r.tokens.hit, r.tokens.miss,
                r.tokens.output, static_cast<double>(r.duration_us) / 1000.0, ours ? "  " : "",
                ours ? why->detail : "");
}

}  // namespace weir::proxy
