#include "weir/dialect/request_line.hpp"
#include "weir/net/http_head.hpp"
#include "weir/proxy/admission.hpp"
#include "weir/proxy/explanation.hpp"
#include "weir/proxy/judge.hpp"

#include "commands.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

namespace weir::cli {

namespace {

using json = nlohmann::ordered_json;

struct explain_flags {
    std::string config;
    std::string file;
    // Header fields that the request is to be judged with, as a client would send them.
    std::string traffic_class, error_cost_usd, tier, tier_min;
    dialect::api_kind api = dialect::api_kind::chat;
    bool as_json = false;
    bool lines = false;
};

std::string dump(const json& j) { return j.dump(-1, ' ', false, json::error_handler_t::replace); }

double thousandths(std::int64_t n) { return static_cast<double>(n) / 1000.0; }

json error_json(const fault& f) {
    json e{{"code", code_name(f.code)}, {"message", f.detail}};
    if (!f.field.empty()) e["field"] = f.field;
    return {{"error", std::move(e)}};
}

json decision_json(const router::decision& d, const config::settings& settings) {
    const bool learned = settings.routes.policies[d.policy].learned.kind.has_value();
    return {{"score", thousandths(d.score)},
            {"tier", d.tier_name},
            {"effort", d.effort},
            {"model", d.model},
            {"reason", d.reason},
            {"learned", learned ? json(thousandths(d.learned.score)) : json(nullptr)}};
}

// A request that brings these fields and a key with every right.
net::request_head head_of(const explain_flags& flags) {
    net::request_head head;
    const std::pair<const char*, const std::string*> sent[] = {{"x-weir-class", &flags.traffic_class},
                                                               {"x-weir-error-cost", &flags.error_cost_usd},
                                                               {"x-weir-tier", &flags.tier},
                                                               {"x-weir-min-tier", &flags.tier_min}};
    for (const auto& [name, value] : sent) {
        if (!value->empty()) head.lines.set(name, *value);
    }
    return head;
}

std::string text_of(const fault& f) {
    return std::string(code_name(f.code)) + ": " + (f.field.empty() ? "" : f.field + ": ") + f.detail;
}

// Nothing is remembered here: every body is the first that is seen.
class explainer {
public:
    explainer(const config::settings& s, const router::circumstances& about, dialect::api_kind api)
        : settings_(s),
          words_(s.routes.words),
          by_{s, words_, std::chrono::floor<milliseconds>(std::chrono::system_clock::now())},
          about_(about),
          api_(api) {}

    result<proxy::judgement> judge(padded_view body) {
        return proxy::judge(api_, body, indexer_, by_, about_);
    }

    int one(const std::string& text, bool as_json) {
        const auto judged = judge(padded_text(text));
        if (!judged) {
            complain(text_of(judged.error()));
            return exit_failed;
        }
        constexpr int indent = 2;
        std::cout << (as_json ? proxy::explanation_json(*judged, settings_, indent) + '\n'
                              : proxy::explanation_text(*judged, settings_));
        return judged->route ? exit_ok : exit_failed;
    }

    // Every line gets a line; one that is refused says why.
    void all(std::istream& in) {
        std::string line;
        while (std::getline(in, line)) {
            if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
            std::cout << answer_line(line) << '\n';
        }
    }

private:
    // The id goes out as it came in: a number of twenty digits is still the same.
    std::string answer_line(std::string& line) {
        const std::size_t size = line.size();
        line.append(padded_view::padding, '\0');
        const auto parts = dialect::read_request_line({line.data(), size});
        const bool readable = parts && json::accept(parts->id);
        const json answer = parts ? answer_of(line, parts->request) : error_json(parts.error());
        return "{\"id\":" + (readable ? parts->id : "null") + "," + dump(answer).substr(1);
    }

    json answer_of(const std::string& line, const dialect::place& request) {
        if (request.empty()) {
            return error_json({errc::invalid_field, origin::client, "must be an object", "request"});
        }
        const auto judged = judge({line.data() + request.offset, request.length});
        if (!judged) return error_json(judged.error());
        if (!judged->route) return error_json(judged->route.error());
        return decision_json(*judged->route, settings_);
    }

    const config::settings& settings_;
    classifier::word_matcher words_;
    proxy::surroundings by_;
    dialect::body_indexer indexer_;
    router::circumstances about_;
    dialect::api_kind api_;
};

int explain(const explain_flags& flags) {
    const auto settings = load_config(flags.config);
    if (!settings) return exit_bad_usage;
    proxy::caller anyone;
    anyone.may_route = true;
    const net::request_head head = head_of(flags);
    const auto about = proxy::read_circumstances(head, anyone);
    if (!about) {
        complain(text_of(about.error()));
        return exit_bad_usage;
    }
    std::ifstream file;
    if (flags.file != "-") {
        file.open(flags.file, std::ios::binary);
        if (!file) {
            complain("cannot read " + flags.file);
            return exit_io;
        }
    }
    std::istream& in = flags.file == "-" ? std::cin : file;
    explainer e(*settings, *about, flags.api);
    if (flags.lines) {
        e.all(in);
        return exit_ok;
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return e.one(text, flags.as_json);
}

}  // namespace

void add_explain(CLI::App& app, outcome& code) {
    CLI::App* command = app.add_subcommand("explain", "The decision for one request body; nothing is sent");
    auto flags = std::make_shared<explain_flags>();
    add_config_flag(*command, flags->config);
    const std::map<std::string, bool> formats{{"text", false}, {"json", true}};
    command->add_option("--format", flags->as_json, "text or json")
        ->transform(CLI::CheckedTransformer(formats));
    command->add_flag("--jsonl", flags->lines, "lines {\"id\",\"request\"} in, one decision a line out");
    const std::map<std::string, dialect::api_kind> apis{{"chat", dialect::api_kind::chat},
                                                        {"responses", dialect::api_kind::responses},
                                                        {"messages", dialect::api_kind::messages},
                                                        {"completions", dialect::api_kind::completions}};
    command->add_option("--api", flags->api, "chat (default), responses, messages or completions")
        ->transform(CLI::CheckedTransformer(apis));
    command->add_option("--class", flags->traffic_class, "as x-weir-class: interactive, batch");
    command->add_option("--error-cost", flags->error_cost_usd, "as x-weir-error-cost: dollars");
    command->add_option("--tier", flags->tier, "as x-weir-tier: the tier that answers");
    command->add_option("--min-tier", flags->tier_min, "as x-weir-min-tier: the least tier that may answer");
    command->add_option("file", flags->file, "request body, - for standard input")->required();
    command->callback([flags, &code] {
        std::ios::sync_with_stdio(false);
        code = explain(*flags);
    });
}

}  // namespace weir::cli
