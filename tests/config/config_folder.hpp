#pragma once
// A folder with a small good configuration, to be broken in one place. In replacements, @ marks where the
// problem must be reported and is taken out before the file is written.

#include "weir/config/settings.hpp"
#include "weir/config/weights.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace weir::config {

inline const char* const small_weir = R"(listen: 127.0.0.1:8787
admin_listen: 127.0.0.1:8788
upstreams:
  deepseek: {base_url: "https://api.deepseek.com", api_key: sk-0123456789abcdef}
models:
  tiers:
    flash: {upstream: deepseek, model: model-f, images: true, context_tokens_max: 1000}
    pro: {upstream: deepseek, model: model-p}
  efforts:
    none: {chat: {thinking: {type: disabled}}, responses: {reasoning: {effort: none}}, messages: {a: 1}}
    low: {chat: {reasoning_effort: low}, responses: {b: 2}, messages: {c: 3}}
  effort_aliases: {minimal: low}
  effort_without_thinking: none
  routed: [auto, "gpt-*"]
  pins:
    model-p: {tier: pro, effort: keep}
policy: policy.yaml
clients: clients.yaml
prices: prices.yaml
rules:
  - {name: one, when: {class: batch}, use: pro}
client_keys: []
cors: {origins: []}
limits: {json_depth_max: 64}
timeouts: {drain_ms: 1}
ledger: {file: ledger.db, durability: power}
mends: {user_id: off}
custody: {keep_ms: 5}
forward:
  - {path: /files, methods: [GET], upstream: deepseek, send: /v2/files, fee: search}
log: {format: json}
)";

inline const char* const small_policy = R"(policy: small
version: 2
words:
  proof: [prove, 证明]
  broad: [codebase]
score:
  - {when: {prompt_chars_over: 2000}, weight: 0.5}
  - {when: {words: proof}, weight: 0.25}
learned: {file: x.yaml, decides: never}
classes:
  interactive: {default: flash, pro_from_score: 0.6}
  batch: {default: pro, pro_from_score: 0.6}
decide:
  - {when: {turn: housekeeping}, use: flash, reason: housekeeping}
  - {when: {error_cost_usd_over: 2.5}, use: pro, reason: error_cost}
  - {when: {pasted_share_from: 0.5, words: broad}, use: pro, reason: crosses_files}
  - {when: score, use: pro, reason: score}
  - {when: no_signal, use: class_default, reason: default}
  - {when: always, use: flash, reason: bounded}
effort:
  - {when: {reason: housekeeping}, set: none}
  - {when: {tier: flash, input_tokens_over: 5}, set: low}
  - {when: always, set: keep}
session: {idle_min: 60, up: at_once, down: at_a_new_human_turn_if_cheaper, warn_after_tool_calls: 15}
check_answer: {when: not_streamed, failures: [json, empty], then: pro, confidence: 0.85}
)";

inline const char* const small_prices = R"(version: "2026-01-01"
currency: usd
unit: per_1m_tokens
models:
  flash:
    ids: [model-f, model-g]
    periods:
      - {from: 2026-01-01T00:00:00Z, to: 2026-02-01T00:00:00Z, flat: {usd: {hit: 0.1, miss: 1, output: 2}}}
      - from: 2026-02-01T00:00:00Z
        off_peak: {usd: {hit: 0.1, miss: 1, output: 2}, cny: {hit: 1, miss: 7, output: 14}}
        peak: {usd: {hit: 0.2, miss: 2, output: 4}}
  pro:
    ids: [model-p]
    periods:
      - {from: 2026-01-01T00:00:00Z, flat: {usd: {hit: 0.003625, miss: 0.435, output: 0.87}}}
fees:
  - {name: search, from: 2026-01-01T00:00:00Z, to: 2026-02-01T00:00:00Z, per_thousand: {usd: 0.75, cny: 5}}
  - {name: search, from: 2026-02-01T00:00:00Z, per_thousand: {usd: 1}}
peak:
  utc_offset: "+08:00"
  windows: [["09:00", "12:00"], ["14:00", "18:00"]]
  weekdays_only_from: 2026-01-01T00:00:00Z
  holidays_off_from: 2026-01-01T00:00:00Z
  years_known: [2026]
  holidays: [2026-10-01]
)";

inline const char* const small_clients = R"(envelopes: [system-reminder]
housekeeping: {system: [title generator], ask: [name this chat]}
failure_marks: ["exit code: #"]
file_extensions: [py]
session_fields: [x-session-id, thread-id]
session_ignored_lines: ["x-mark:"]
refusals: ["I cannot help", 抱歉，我无法]
)";

// Beside the small policy, which names it.
inline const std::string& small_weights() {
    static const std::string text = [] {
        classifier::linear kind;
        kind.name = "tiny";
        kind.version = 3;
        kind.from = {"rows.jsonl sha256:00", "2026-01-02", 40, "AUROC 0.6"};
        kind.bias = -0.5;
        kind.terms = {{*classifier::find_feature("tools"), classifier::shape::plain, 1, 0.25}};
        return print_weights(kind);
    }();
    return text;
}

class config_folder {
public:
    config_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "weir-config-XXXXXX").string();
        path_ = mkdtemp(name.data()) ? name : std::string{};
        write("weir.yaml", small_weir);
        write("policy.yaml", small_policy);
        write("prices.yaml", small_prices);
        write("clients.yaml", small_clients);
        write("x.yaml", small_weights());
    }
    ~config_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    config_folder(const config_folder&) = delete;
    config_folder& operator=(const config_folder&) = delete;

    std::filesystem::path path(const std::string& file = "weir.yaml") const { return path_ / file; }
    void write(const std::string& file, const std::string& text) {
        std::ofstream{path_ / file, std::ios::binary} << text;
    }
    std::string read(const std::string& file) const {
        std::ostringstream text;
        text << std::ifstream{path_ / file, std::ios::binary}.rdbuf();
        return text.str();
    }
    // Writes `to` in the place of `from`, which must be there once. Returns "line:column" of the mark in
    // `to`, "0:0" where there is none.
    std::string replace(const std::string& file, std::string_view from, const std::string& to) {
        std::string text = read(file);
        const std::size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << file << " has no " << from;
        EXPECT_EQ(text.find(from, at + 1), std::string::npos) << file << " has it twice: " << from;
        if (at == std::string::npos) return "?";
        text.replace(at, from.size(), to);
        const std::size_t mark = text.find('@');
        std::string place = "0:0";
        if (mark != std::string::npos) {
            text.erase(mark, 1);
            const auto line =
                std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(mark), '\n') + 1;
            const std::size_t before = mark == 0 ? std::string::npos : text.rfind('\n', mark - 1);
            const std::size_t column = mark - (before == std::string::npos ? 0 : before + 1) + 1;
            place = std::to_string(line) + ':' + std::to_string(column);
        }
        write(file, text);
        return place;
    }

private:
    std::filesystem::path path_;
};

inline environment variables(std::map<std::string, std::string> values) {
    return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
        const auto found = values.find(std::string{name});
        if (found == values.end()) return std::nullopt;
        return found->second;
    };
}

inline std::string all_of(const std::vector<problem>& problems) {
    std::string text;
    for (const auto& p : problems) text += to_text(p) + '\n';
    return text;
}

// One replacement, and the one problem that it must make.
struct breakage {
    std::string file;
    std::string from;
    std::string to;         // @ is where
    std::string message;    // a part of it
    std::string hint = {};  // a part of it
};

inline void expect_one_problem(const breakage& b, const environment& env = variables({})) {
    config_folder folder;
    const std::string place = folder.replace(b.file, b.from, b.to);
    const auto got = load(folder.path(), env);
    ASSERT_FALSE(got) << "no problem for: " << b.to;
    const auto& problems = got.error();
    ASSERT_EQ(problems.size(), 1U) << b.to << '\n' << all_of(problems);
    const problem& p = problems.front();
    EXPECT_EQ(p.file, folder.path(b.file).string()) << to_text(p);
    EXPECT_EQ(std::to_string(p.line) + ':' + std::to_string(p.column), place) << b.to << '\n' << to_text(p);
    EXPECT_NE(p.message.find(b.message), std::string::npos) << b.to << '\n' << to_text(p);
    EXPECT_NE(p.hint.find(b.hint), std::string::npos) << b.to << '\n' << to_text(p);
}

}  // namespace weir::config
