#include "weir/base/time.hpp"
#include "weir/classifier/measures.hpp"
#include "weir/config/weights.hpp"

#include "commands.hpp"
#include "labelled.hpp"
#include "progress.hpp"
#include "tables.hpp"
#include "train_from_ledger.hpp"

#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <utility>

namespace weir::cli {

namespace {

constexpr std::size_t date_characters = 10;  // 2026-11-22

struct train_flags {
    std::string data;
    std::string ledger;
    std::string config;
    std::string since, until;
    std::string name;
    std::int64_t revision = 1;
    std::string date;
    std::string out;
    hold_out by = hold_out::family;
};

std::string today() {
    const auto now = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
    return to_rfc3339(now).substr(0, date_characters);
}

bool is_date(const std::string& text) { return text.size() == date_characters && parse_rfc3339(text); }

// The pooled figure in front, then each family, so that nobody takes the mean for what a new one would get.
table held_out_table(const labelled_set& data, const std::vector<double>& given, hold_out by) {
    table t{"held_out",
            "With each " + std::string{name_of(by)} + " left out while fitting",
            {{"family", "family"}, {"rows", "rows"}, {"auroc", "AUROC"}, {"right", "right"}},
            {}};
    std::map<std::uint32_t, std::vector<classifier::judged>> by_family;
    std::vector<classifier::judged> all;
    for (std::size_t i = 0; i < given.size(); ++i) {
        by_family[data.rows[i].family].push_back({given[i], data.rows[i].pro});
        all.push_back({given[i], data.rows[i].pro});
    }
    const auto add = [&](const std::string& name, const std::vector<classifier::judged>& rows) {
        t.rows.push_back({name, static_cast<std::int64_t>(rows.size()), classifier::auroc(rows),
                          std::optional{classifier::accuracy(rows, 0.5)}});
    };
    add("all", all);
    for (const auto& [family, rows] : by_family) add(data.families[family], rows);
    return t;
}

std::string short_number(const cell& c) {
    const auto& share = std::get<std::optional<double>>(c);
    if (!share) return "unknown";
    const std::string digits = std::to_string(1000 + static_cast<int>(*share * 1000 + 0.5));
    return (digits.front() == '1' ? "0." : "1.") + digits.substr(1);
}

// What the held-out rows said, for people and, in one line, for the file.
std::pair<std::string, std::string> try_held_out(const labelled_set& data,
                                                 const std::vector<classifier::example>& examples,
                                                 const classifier::recipe& how, hold_out by) {
    if (by == hold_out::none) return {"", "not tried on rows left out"};
    progress_bar bar("held out by " + std::string{name_of(by)});
    const auto given = classifier::held_out(examples, parts_of(data, by), how,
                                            [&](std::size_t done, std::size_t of) { bar.show(done, of); });
    const table t = held_out_table(data, given, by);
    return {print({t}, table_format::text), "AUROC " + short_number(t.rows.front()[2]) + " with each " +
                                                std::string{name_of(by)} + " left out"};
}

std::optional<labelled_set> load_rows(const train_flags& flags, int& code) {
    config::overrides over;
    over.leave_learned_out = true;
    const auto settings = load_config(flags.config, over);
    if (!settings) {
        code = exit_bad_usage;
        return std::nullopt;
    }
    progress_bar bar("reading");
    auto data =
        read_labelled(flags.data, *settings, [&](std::size_t done, std::size_t of) { bar.show(done, of); });
    if (data) return std::move(*data);
    code = data.error().code == errc::file ? exit_io : exit_failed;
    complain(data.error().detail);
    return std::nullopt;
}

int train_on_data(const train_flags& flags) {
    int code = exit_ok;
    const auto data = load_rows(flags, code);
    if (!data) return code;
    const classifier::recipe how = classifier::default_recipe();
    const auto examples = examples_of(*data, how);
    const auto [told, scores] = try_held_out(*data, examples, how, flags.by);
    classifier::linear made = classifier::fit(examples, how);
    made.name = flags.name.empty() ? "own" : flags.name;
    made.version = flags.revision;
    made.from.data = data->file + " sha256:" + data->sha256;
    made.from.date = flags.date;
    made.from.rows = static_cast<std::int64_t>(data->rows.size());
    made.from.scores = scores;
    const std::string text = config::print_weights(made);
    // the weights alone go to a pipe
    if (flags.out.empty()) {
        std::cerr << told;
        std::cout << text;
        return exit_ok;
    }
    if (!write_ready_file(flags.out, text)) return exit_io;
    std::cout << told;
    return exit_ok;
}

int train(train_flags flags) {
    if (flags.date.empty()) flags.date = today();
    if (!is_date(flags.date)) {
        complain("--date: \"" + flags.date + "\" is no date such as 2026-11-22");
        return exit_bad_usage;
    }
    if (flags.data.empty() == flags.ledger.empty()) {
        complain("train needs --data FILE or --from-ledger FILE, and not both");
        return exit_bad_usage;
    }
    if (!flags.data.empty()) return train_on_data(flags);
    if (!flags.name.empty()) {
        complain("--name is for --data: refitted weights keep the name of those that they come from");
        return exit_bad_usage;
    }
    return train_from_ledger({{flags.config, flags.ledger, flags.since, flags.until}, flags.date, flags.out});
}

}  // namespace

void add_train(CLI::App& app, outcome& code) {
    CLI::App* command = app.add_subcommand("train",
                                           "Weights of the learned score, from labelled requests or "
                                           "from what came of recorded ones");
    auto flags = std::make_shared<train_flags>();
    add_config_flag(*command, flags->config);
    command->add_option("--data", flags->data,
                        R"(lines {"source","request","label"}: Chat Completions bodies)");
    command->add_option("--from-ledger", flags->ledger,
                        "ledger with outcomes: refits the configured weights");
    command->add_option("--since", flags->since, "with --from-ledger: requests that began at or after");
    command->add_option("--until", flags->until, "with --from-ledger: requests that began before");
    const std::map<std::string, hold_out> ways{{"family", hold_out::family},
                                               {"source", hold_out::source},
                                               {"row", hold_out::row},
                                               {"none", hold_out::none}};
    command
        ->add_option(
            "--holdout-by", flags->by,
            "what is left out to see how weights do elsewhere: family (default), source, row or none")
        ->transform(CLI::CheckedTransformer(ways));
    command->add_option("--name", flags->name, "name of the weights, as rows remember it; default: own");
    command->add_option("--revision", flags->revision, "their version; default: 1")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
    command->add_option("--date", flags->date, "date in the file; default: today");
    command->add_option("--out", flags->out, "file; default: standard output");
    command->callback([flags, &code] { code = train(*flags); });
}

}  // namespace weir::cli
