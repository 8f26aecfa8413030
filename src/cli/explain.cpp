#include "weir/dialect/request_line.hpp"
#include "weir/proxy/judge.hpp"

#include "commands.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>

namespace weir::cli {

namespace {

using json = nlohmann::ordered_json;

struct explain_flags {
    std::string config;
    std::string file;
    std::string traffic_class;
    dialect::api_kind api = dialect::api_kind::chat;
    bool as_json = false;
    bool lines = false;
};

std::string dump(const json& j, int indent = -1) {
    return j.dump(indent, ' ', false, json::error_handler_t::replace);
}

double thousandths(std::int64_t n) { return static_cast<double>(n) / 1000.0; }

std::string_view name_of(dialect::turn t) {
    switch (t) {
        case dialect::turn::human:
            return "human";
        case dialect::turn::tool:
            return "tool";
        case dialect::turn::housekeeping:
            break;
    }
    return "housekeeping";
}

json features_json(const classifier::features& f, const router::policy& policy) {
    json words = json::array();
    for (std::size_t i = 0; i < policy.words.size(); ++i) {
        if (f.words >> i & 1u) words.push_back(policy.words[i].name);
    }
    return {{"turn", name_of(f.turn)},
            {"prompt_chars", f.prompt_chars},
            {"tools", f.tools},
            {"words", words},
            {"tool_calls", f.tool_calls},
            {"same_call_of_last_6", f.same_call_of_last_6},
            {"failed_results_of_last_6", f.failed_results_of_last_6},
            {"files_named", f.files_named},
            {"pasted_lines", f.pasted_lines},
            {"pasted_share", thousandths(f.pasted_per_mille)},
            {"context_tokens", f.context_tokens},
            {"images", f.images},
            {"files", f.files},
            {"json_schema", f.json_schema}};
}

json error_json(const fault& f) {
    json e{{"code", code_name(f.code)}, {"message", f.detail}};
    if (!f.field.empty()) e["field"] = f.field;
    return e;
}

json decision_json(const router::decision& d) {
    return {{"score", thousandths(d.score)},
            {"tier", d.tier_name},
            {"effort", d.effort},
            {"model", d.model},
            {"reason", d.reason}};
}

json whole_json(const proxy::judgement& j, const router::policy& policy) {
    json out = j.route ? decision_json(*j.route) : json{{"error", error_json(j.route.error())}};
    if (j.route) {
        out["line"] = j.route->where;
        out["effort_reason"] = j.route->effort_reason;
        json terms = json::array();
        for (const auto& c : j.route->card.contributions) {
            terms.push_back({{"signal", c.name}, {"value", c.value}, {"weight", thousandths(c.weight)}});
        }
        out["classifier"] = {{"score", thousandths(j.route->card.score)}, {"contributions", terms}};
    }
    out["policy"] = policy.name + "/" + std::to_string(policy.version);
    out["features"] = features_json(j.features, policy);
    return out;
}

void print_text(const proxy::judgement& j, const router::policy& policy) {
    if (!j.route) {
        std::cout << "refused   " << code_name(j.route.error().code) << ": " << j.route.error().detail
                  << '\n';
    } else {
        const router::decision& d = *j.route;
        std::cout << "model     " << d.model << "\ntier      " << d.tier_name << "\neffort    " << d.effort
                  << "  (" << d.effort_reason << ")\nreason    " << d.reason
                  << (d.where.empty() ? "" : "  (" + d.where + ")") << "\nscore     " << thousandths(d.score)
                  << "\nclassifier " << thousandths(d.card.score) << '\n';
        for (const auto& c : d.card.contributions) {
            std::cout << "  " << (c.weight ? "+" : " ") << thousandths(c.weight) << "  " << c.name << "  (is "
                      << c.value << ")\n";
        }
    }
    std::cout << "policy    " << policy.name << "/" << policy.version << "\nfeatures\n";
    for (const auto& [name, value] : features_json(j.features, policy).items()) {
        std::cout << "  " << name << "  " << (value.is_string() ? value.get<std::string>() : dump(value))
                  << '\n';
    }
}

class explainer {
public:
    explainer(const config::settings& s, std::string_view traffic_class, dialect::api_kind api)
        : settings_(s), words_(s.routes.default_policy.words), api_(api) {
        about_.traffic_class = traffic_class;
    }

    result<proxy::judgement> judge(padded_view body) {
        return proxy::judge(api_, body, indexer_, words_, settings_, about_, {});
    }

    int one(const std::string& text, bool as_json) {
        const auto judged = judge(padded_text(text));
        if (!judged) {
            const fault& f = judged.error();
            complain(std::string(code_name(f.code)) + ": " + (f.field.empty() ? "" : f.field + ": ") +
                     f.detail);
            return exit_failed;
        }
        const router::policy& policy = settings_.routes.default_policy;
        if (as_json) {
            std::cout << dump(whole_json(*judged, policy), 2) << '\n';
        } else {
            print_text(*judged, policy);
        }
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
        const json answer =
            parts ? answer_of(line, parts->request) : json{{"error", error_json(parts.error())}};
        return "{\"id\":" + (readable ? parts->id : "null") + "," + dump(answer).substr(1);
    }

    json answer_of(const std::string& line, const dialect::place& request) {
        if (request.empty()) {
            return {
                {"error", error_json({errc::invalid_field, origin::client, "must be an object", "request"})}};
        }
        const auto judged = judge({line.data() + request.offset, request.length});
        if (!judged) return {{"error", error_json(judged.error())}};
        if (!judged->route) return {{"error", error_json(judged->route.error())}};
        return decision_json(*judged->route);
    }

    const config::settings& settings_;
    classifier::word_matcher words_;
    dialect::body_indexer indexer_;
    router::circumstances about_;
    dialect::api_kind api_;
};

int explain(const explain_flags& flags) {
    const auto settings = load_config(flags.config);
    if (!settings) return exit_bad_usage;
    std::ifstream file;
    if (flags.file != "-") {
        file.open(flags.file, std::ios::binary);
        if (!file) {
            complain("cannot read " + flags.file);
            return exit_io;
        }
    }
    std::istream& in = flags.file == "-" ? std::cin : file;
    explainer e(*settings, flags.traffic_class, flags.api);
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
    command->add_option("--class", flags->traffic_class, "traffic class: interactive, batch");
    command->add_option("file", flags->file, "request body, - for standard input")->required();
    command->callback([flags, &code] {
        std::ios::sync_with_stdio(false);
        code = explain(*flags);
    });
}

}  // namespace weir::cli
