#include "weir/metering/report.hpp"

#include "commands.hpp"

#include <iostream>
#include <memory>

namespace weir::cli {

namespace {

struct report_flags {
    std::string config;
    std::string ledger;
    std::string since;
    std::string until;
    metering::grouping by = metering::grouping::none;
    metering::report_format format = metering::report_format::table;
};

// "2026-11-22", "2026-11-22T08:00:00Z"; nullopt after saying what is wrong.
bool read_time(const std::string& flag, const std::string& text, std::optional<wall_time>& into) {
    if (text.empty()) return true;
    into = parse_rfc3339(text);
    if (!into) complain(flag + ": \"" + text + "\" is no date or time (2026-11-22, 2026-11-22T08:00:00Z)");
    return into.has_value();
}

int report(const report_flags& flags) {
    metering::report_query query;
    query.by = flags.by;
    if (!read_time("--since", flags.since, query.since) || !read_time("--until", flags.until, query.until)) {
        return exit_bad_usage;
    }
    std::filesystem::path file = flags.ledger;
    if (file.empty()) {
        const auto settings = load_config(flags.config);
        if (!settings) return exit_bad_usage;
        file = settings->ledger.file;
    }
    const auto lines = metering::make_report(file, query);
    if (!lines) {
        complain(lines.error().detail);
        return exit_io;
    }
    std::cout << metering::print(*lines, query.by, flags.format);
    return exit_ok;
}

}  // namespace

void add_report(CLI::App& app, outcome& code) {
    using metering::grouping;
    using metering::report_format;
    CLI::App* command =
        app.add_subcommand("report", "Requests, tokens and cost, and what each tier alone would have cost");
    auto flags = std::make_shared<report_flags>();
    add_config_flag(*command, flags->config);
    command->add_option("--ledger", flags->ledger, "ledger file instead of the configured one");
    command->add_option("--since", flags->since, "requests that began at or after this time");
    command->add_option("--until", flags->until, "requests that began before this time");
    const std::map<std::string, grouping> groupings{{"model", grouping::model},
                                                    {"day", grouping::day},
                                                    {"key", grouping::key},
                                                    {"reason", grouping::reason},
                                                    {"endpoint", grouping::endpoint},
                                                    {"session", grouping::session},
                                                    {"fingerprint", grouping::fingerprint},
                                                    {"tier", grouping::tier},
                                                    {"effort", grouping::effort},
                                                    {"cell", grouping::cell}};
    const std::map<std::string, report_format> formats{
        {"table", report_format::table}, {"json", report_format::json}, {"csv", report_format::csv}};
    command
        ->add_option(
            "--by", flags->by,
            "model, day, key, reason, endpoint, session, fingerprint; or tier, effort, cell, with the "
            "cost of an accepted answer")
        ->transform(CLI::CheckedTransformer(groupings));
    command->add_option("--format", flags->format, "table, json or csv")
        ->transform(CLI::CheckedTransformer(formats));
    command->callback([flags, &code] { code = report(*flags); });
}

}  // namespace weir::cli
