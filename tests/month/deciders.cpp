#include "deciders.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

namespace weir::month {

namespace {

namespace fs = std::filesystem;

std::string read_all(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// weir.yaml as shipped, but for the lines at its left edge that name files.
std::string with_all_policies(const fs::path& folder) {
    std::istringstream in(read_all(folder / "weir.yaml"));
    std::string out;
    for (std::string line; std::getline(in, line);) {
        const auto names = [&](std::string_view key) { return line.starts_with(std::string(key) + ':'); };
        const std::string place = fs::absolute(folder).string() + '/';
        if (names("more_policies")) {
            line = "more_policies:";
            for (const char* name : {"effort-first", "always-flash", "always-pro"}) {
                line += "\n  - " + place + "policies/" + name + ".yaml";
            }
        } else if (names("policy") || names("clients") || names("prices")) {
            const std::size_t colon = line.find(": ");
            line = line.substr(0, colon + 2) + place + line.substr(colon + 2);
        }
        out += line + '\n';
    }
    return out;
}

// A file beside nothing: removed again when the settings were read.
struct passing_file {
    fs::path path;
    explicit passing_file(const std::string& text)
        : path(fs::temp_directory_path() / ("weir-month-" + std::to_string(::getpid()) + ".yaml")) {
        std::ofstream(path, std::ios::binary) << text;
    }
    passing_file(const passing_file&) = delete;
    passing_file& operator=(const passing_file&) = delete;
    ~passing_file() {
        std::error_code ignored;
        fs::remove(path, ignored);
    }
};

std::vector<std::string> class_names(const router::policy& with) {
    std::vector<std::string> names;
    for (const auto& c : with.classes) names.push_back(c.name);
    return names;
}

// The named one first, as the default is.
config::settings with_default(config::settings s, std::string_view policy) {
    auto& all = s.routes.policies;
    const auto found = std::ranges::find(all, policy, &router::policy::name);
    if (found != all.end()) std::rotate(all.begin(), found, found + 1);
    return s;
}

std::size_t place_of_effort(std::string_view word) {
    const auto found = std::ranges::find(effort_names, word);
    if (found == effort_names.end()) return effort_of_default;
    return static_cast<std::size_t>(found - effort_names.begin());
}

}  // namespace

std::expected<config::settings, std::string> load_policies(const fs::path& folder) {
    const passing_file file(with_all_policies(folder));
    auto loaded = config::load(file.path, [](std::string_view) { return std::nullopt; });
    if (!loaded) {
        std::string all;
        for (const config::problem& p : loaded.error()) all += config::to_text(p) + '\n';
        return std::unexpected(std::move(all));
    }
    const auto& tiers = loaded->routes.tiers;
    if (!std::ranges::equal(tiers, tier_names, {}, &router::tier::name)) {
        return std::unexpected("the month knows the tiers flash and pro alone\n");
    }
    if (!std::ranges::is_permutation(loaded->routes.efforts, effort_names, {}, &router::effort_word::name)) {
        return std::unexpected("the month knows the efforts none, low, high and max alone\n");
    }
    return std::move(*loaded);
}

pricing::pico tariffs::cost(const usage& u, std::size_t tier, wall_time at) const {
    const auto quote = settings_->prices.at(settings_->routes.tiers[tier].model, at);
    return quote ? pricing::cost(u, quote->prices) : pricing::pico{};
}

policy_decider::policy_decider(const config::settings& s, std::string_view policy)
    : settings_(with_default(s, policy)),
      words_(settings_.routes.words),
      sessions_(settings_.sessions),
      accepted_(class_names(settings_.routes.default_policy())) {}

std::optional<policy_decider::choice> policy_decider::choose(const question& q) {
    // Agents name their conversation in a header; chats and batches do not.
    const std::string named = q.who->agent() && !q.housekeeping ? std::to_string(q.who->id) : "";
    const std::int64_t now_ms = unix_ms(q.at);
    const proxy::surroundings by{settings_, words_, q.at, now_ms, {&sessions_, &forecasts_, &accepted_},
                                 named,     {}};
    router::circumstances about;
    about.key_id = q.who->key_id;
    if (q.who->batch()) about.traffic_class = "batch";
    auto judged = proxy::judge(dialect::api_kind::chat, q.body, indexer_, by, about);
    last_.reset();
    if (!judged || !judged->route) return std::nullopt;
    const router::decision& d = *judged->route;
    if (d.moves_session) {
        const bool human = judged->features.turn == dialect::turn::human;
        sessions_.note(judged->session_key,
                       state::routed{d.tier, d.session_effort, d.effort_reason, human,
                                     human ? judged->ask_hash : 0, request_id{now_ms}, d.effort},
                       now_ms);
    }
    choice c{{d.tier, place_of_effort(d.effort)}, d.reason};
    if (!d.thinking) c.by.effort = 0;
    last_ = std::move(*judged);
    return c;
}

void policy_decider::learn(const question& q, const answered& a) {
    if (!last_) return;
    forecasts_.note(q.who->key_id, last_->kind, a.tokens.output);
    // The time at which the request was routed: a session's clock must not go back, and answers end out of
    // order.
    if (last_->features.turn != dialect::turn::housekeeping) {
        sessions_.note(
            last_->session_key,
            state::answered{last_->route->tier, a.tokens.hit + a.tokens.miss, a.tokens.output, false},
            unix_ms(q.at));
    }
    if (q.who->batch() && a.right.value_or(false)) accepted_.add("batch");
}

}  // namespace weir::month
