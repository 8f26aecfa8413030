#include "weir/simulator/simulator.hpp"

#include "completion.hpp"
#include "endpoints.hpp"
#include "file_shelf.hpp"
#include "glance.hpp"
#include "prefix_cache.hpp"
#include "prompt.hpp"
#include "routes.hpp"
#include "rule_book.hpp"
#include "schedule.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <utility>

namespace weir::simulator {
namespace {

// DeepSeek's ids look like UUIDs.
std::string answer_id(std::uint64_t a, std::uint64_t b) {
    char text[37];
    const auto low = [](std::uint64_t x, unsigned shift, std::uint64_t mask) {
        return static_cast<unsigned long long>((x >> shift) & mask);
    };
    std::snprintf(text, sizeof text, "%08llx-%04llx-4%03llx-8%03llx-%012llx", low(a, 0, 0xffffffff),
                  low(a, 32, 0xffff), low(a, 48, 0xfff), low(b, 0, 0xfff), low(b, 12, 0xffffffffffff));
    return text;
}

std::optional<refusal> check_length(const model_request& asked, std::int64_t prompt, std::int64_t output) {
    const std::int64_t most = asked.model->context_tokens_max;
    if (prompt + output <= most) return std::nullopt;
    return refusal{400,
                   "This model's maximum context length is " + std::to_string(most) +
                       " tokens. However, you requested " + std::to_string(prompt + output) + " tokens (" +
                       std::to_string(prompt) + " in the messages, " + std::to_string(output) +
                       " in the completion). Please reduce the length of the messages or completion.",
                   "invalid_request_error"};
}

// What the answer may cost in tokens where the request does not say: the default, or what the context has
// left.
std::int64_t output_budget(const model_request& asked, const catalogue& offered, std::int64_t prompt) {
    if (asked.max_tokens) return *asked.max_tokens;
    const std::int64_t usual =
        asked.thinking() ? asked.effort->max_tokens_default : offered.max_tokens_default;
    return std::max<std::int64_t>(1, std::min(usual, asked.model->context_tokens_max - prompt));
}

void replace_headers(answer& said, const actions& act) {
    if (act.content_type) said.headers.front().value = *act.content_type;
    said.headers.insert(said.headers.end(), act.headers.begin(), act.headers.end());
}

answer with_schedule(answer said, const actions& act) {
    std::vector<std::string> body{said.payload()};
    said.steps.clear();
    schedule(said, std::move(body), act, false, blank_line);
    replace_headers(said, act);
    return said;
}

answer body_or_refusal(const allowed<std::string>& body) {
    return body ? json_answer(200, *body) : refused(body.error());
}

// The events of a stream, ended as the script wants.
std::vector<std::string> events_of(const dialect_face& face, const spoken& what) {
    std::vector<std::string> events = face.events(what);
    const auto& fails_after = what.act.error_after_events;
    if (fails_after && static_cast<std::size_t>(*fails_after) < events.size()) {
        events.resize(static_cast<std::size_t>(*fails_after));
        events.push_back(face.error_event(what, scripted_error(what.act).message, events.size()));
    } else if (what.act.no_done) {
        events.pop_back();
    }
    return events;
}

}  // namespace

struct simulator::state {
    explicit state(script s)
        : rules(std::move(s)),
          models(models_body(rules.offered)),
          book(rules),
          cache(rules.cache.units_max) {}

    const script rules;
    const std::string models;
    std::atomic<std::int64_t> requests{0};

    std::mutex mutex;  // for the two below, held for look-ups and never for I/O
    rule_book book;
    prefix_cache cache;

    file_shelf files;  // has a lock of its own

    answer route_to(const route& way, const request& asked, std::int64_t number, wall_time now);
    answer ask_model(const dialect_face& face, const request& asked, std::int64_t number, wall_time now);
    answer speak(const dialect_face& face, const model_request& asked, const actions& act,
                 std::int64_t number, wall_time now);
    weir::usage look_up(const token_chain& prompt);
};

std::string answer::payload() const {
    std::string all;
    for (const step& s : steps) all += s.payload;
    return all;
}

simulator::simulator(script s) : state_(std::make_unique<state>(std::move(s))) {}
simulator::~simulator() = default;
std::int64_t simulator::requests() const noexcept { return state_->requests.load(); }

answer simulator::respond(const request& asked, wall_time now) {
    const std::int64_t number = ++state_->requests;
    answer said = [&] {
        const auto way = find_route(asked.method, asked.path);
        if (!way) return refused(way.error());
        const dialect_face* face = (*way)->face;
        const auto api_key = face && face->takes_api_key ? asked.api_key : std::string_view{};
        if (const auto why = check_key(asked.authorization, api_key, state_->rules)) return refused(*why);
        return state_->route_to(**way, asked, number, now);
    }();
    said.number = number;
    return said;
}

answer simulator::state::route_to(const route& way, const request& asked, std::int64_t number,
                                  wall_time now) {
    const std::string_view last_segment = asked.path.substr(asked.path.rfind('/') + 1);
    const bool reads = asked.method == "GET";
    switch (way.what) {
        case service::model:
            return ask_model(*way.face, asked, number, now);
        case service::models:
            return json_answer(200, models);
        case service::balance:
            return json_answer(200, balance_body(rules.account));
        case service::search:
            return body_or_refusal(search_body(asked.body));
        case service::fetch:
            return body_or_refusal(fetch_body(asked.body));
        case service::files:
            return reads ? json_answer(200, files.list())
                         : body_or_refusal(files.add(asked.body.size(), now));
        case service::file:
            return body_or_refusal(reads ? files.show(last_segment) : files.remove(last_segment));
        case service::beta_only:
            break;
    }
    return refused({400,
                    "completions api is only available when using beta api (set "
                    "base_url=\"https://api.deepseek.com/beta\")"});
}

answer simulator::state::ask_model(const dialect_face& face, const request& asked, std::int64_t number,
                                   wall_time now) {
    if (asked.body.size() > request_bytes_max) {
        return refused({413, "The request body is longer than 48 MiB.", "invalid_request_error"});
    }
    const auto body = parse_body(asked.body);
    const glimpse seen = glance(body ? *body : nlohmann::json(), face.kind);
    const actions& act = [&]() -> const actions& {
        const std::lock_guard held(mutex);
        return book.take(seen);
    }();
    answer said = [&] {
        if (act.status) {
            const refusal why = scripted_error(act);
            return with_schedule(act.raw_body ? json_answer(why.status, *act.raw_body) : refused(why), act);
        }
        if (!body) return refused(body.error());
        const auto read = face.read(*body, rules.offered);
        if (!read) return refused(read.error());
        if (const auto calls = check_scripted_calls(*read, act); !calls) return refused(calls.error());
        return speak(face, *read, act, number, now);
    }();
    said.model = seen.model;
    return said;
}

// Hit and miss as of now; what was asked is cached from here on.
weir::usage simulator::state::look_up(const token_chain& prompt) {
    weir::usage used;
    const std::lock_guard held(mutex);
    used.hit = static_cast<std::int64_t>(cache.leading(prompt.units())) * rules.cache.unit_tokens;
    used.miss = prompt.count() - used.hit;
    return used;
}

answer simulator::state::speak(const dialect_face& face, const model_request& asked, const actions& act,
                               std::int64_t number, wall_time now) {
    token_chain chain = render_prompt(asked, rules.cache.unit_tokens);
    const std::int64_t budget = output_budget(asked, rules.offered, chain.count());
    if (const auto why = check_length(asked, chain.count(), budget)) return refused(*why);

    const std::uint64_t seed = chain.hash();
    const label on{answer_id(seed, mixed(seed + static_cast<std::uint64_t>(number))), unix_ms(now) / 1000,
                   act.served_model.value_or(asked.model->id), asked.model->fingerprint};
    spoken what{asked, act, on, complete(asked, act, seed, budget), look_up(chain)};
    const completion& done = what.said;
    what.used.output = done.output_tokens;
    what.used.reasoning = done.reasoning_tokens;
    // The next turn of this conversation finds the answer in the cache as well.
    render_answer(chain, asked, done.thinking ? &done.thought : nullptr, done.content, done.calls);
    {
        const std::lock_guard held(mutex);
        cache.store(chain.units());
    }

    answer said;
    said.headers.push_back(
        {"Content-Type", asked.stream ? "text/event-stream; charset=utf-8" : "application/json"});
    if (asked.stream) said.headers.push_back({"Cache-Control", "no-cache"});
    replace_headers(said, act);
    said.served_model = on.model;
    said.used = what.used;
    std::vector<std::string> pieces =
        asked.stream ? events_of(face, what) : std::vector<std::string>{face.body(what)};
    schedule(said, std::move(pieces), act, asked.stream, asked.stream ? face.keep_alive : blank_line);
    return said;
}

}  // namespace weir::simulator
