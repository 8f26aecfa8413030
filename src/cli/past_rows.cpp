#include "past_rows.hpp"

#include "weir/dialect/answer_check.hpp"
#include "weir/metering/rows.hpp"
#include "weir/whatif/record.hpp"

#include "commands.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace weir::cli {

namespace {

bool read_time(const std::string& flag, const std::string& text, std::optional<wall_time>& into) {
    if (text.empty()) return true;
    into = parse_rfc3339(text);
    if (!into) complain(flag + ": \"" + text + "\" is no date or time (2026-11-22, 2026-11-22T08:00:00Z)");
    return into.has_value();
}

std::optional<bool> known(metering::acceptance a) {
    if (a == metering::acceptance::unknown) return std::nullopt;
    return a == metering::acceptance::accepted;
}

class collector {
public:
    bool take(const metering::row& r) {
        if (r.how == metering::outcome::refused) return true;
        if (r.how == metering::outcome::replaced) {
            whatif::unsent_answer& sum = unsent_[r.parent.value];
            sum.tokens = r.tokens;
            sum.cost = sum.cost + r.cost;
            sum.broken_off = r.checked == name_of(dialect::answer_failure::broken_off);
            return true;
        }
        if (r.decision.empty()) {
            // What is passed on without a model has no tier and never had a decision.
            found_.without_record += r.tier.empty() ? 0 : 1;
            return true;
        }
        auto record = whatif::read_record(r.decision);
        if (!record) {
            if (found_.unreadable++ == 0)
                found_.first_unreadable = to_text(r.id) + ": " + record.error().detail;
            return true;
        }
        whatif::past p;
        p.id = r.id;
        p.started_ms = r.started_ms;
        p.session = r.session;
        p.key_id = r.key_id;
        p.model_asked = r.model_asked;
        p.tier = r.tier;
        p.tokens = r.tokens;
        p.cost = r.cost;
        p.currency = r.currency;
        p.made_of = std::move(*record);
        found_.rows.push_back(std::move(p));
        return found_.rows.size() <= past_rows_max;
    }

    past_rows finish(const metering::acceptances& outcomes) && {
        for (whatif::past& p : found_.rows) {
            const auto unsent = unsent_.find(p.id.value);
            if (unsent != unsent_.end()) p.replaced = unsent->second;
            p.needed_more = whatif::needed_more(p, known(outcomes.of(p.id)));
        }
        std::ranges::sort(found_.rows, {},
                          [](const whatif::past& p) { return std::tuple(p.started_ms, p.id.value); });
        return std::move(found_);
    }
    bool too_many() const noexcept { return found_.rows.size() > past_rows_max; }

private:
    past_rows found_;
    std::unordered_map<std::int64_t, whatif::unsent_answer> unsent_;  // by the request they were for
};

}  // namespace

void add_past_flags(CLI::App& command, past_flags& flags) {
    add_config_flag(command, flags.config);
    command.add_option("--ledger", flags.ledger, "ledger file instead of the configured one");
    command.add_option("--since", flags.since, "requests that began at or after this time");
    command.add_option("--until", flags.until, "requests that began before this time");
}

std::filesystem::path ledger_of(const past_flags& flags, const config::settings& settings) {
    return flags.ledger.empty() ? settings.ledger.file : std::filesystem::path(flags.ledger);
}

std::expected<past_rows, int> read_past(const past_flags& flags, const std::filesystem::path& ledger_file) {
    metering::row_span span;
    if (!read_time("--since", flags.since, span.since) || !read_time("--until", flags.until, span.until)) {
        return std::unexpected(exit_bad_usage);
    }
    collector rows;
    const auto read =
        metering::read_rows(ledger_file, span, [&](const metering::row& r) { return rows.take(r); });
    if (!read) {
        complain(read.error().detail);
        return std::unexpected(exit_io);
    }
    if (rows.too_many()) {
        complain("more than " + std::to_string(past_rows_max) +
                 " requests: name a shorter time with --since");
        return std::unexpected(exit_bad_usage);
    }
    metering::acceptances outcomes;
    const auto told = metering::read_outcomes(ledger_file, [&](const metering::answer_outcome& o) {
        outcomes.add(o);
        return true;
    });
    if (!told) {
        complain(told.error().detail);
        return std::unexpected(exit_io);
    }
    return std::move(rows).finish(outcomes);
}

std::string notes_on(const past_rows& read) {
    std::string text;
    if (read.without_record > 0) {
        text += std::to_string(read.without_record) + " requests without a recorded decision are left out\n";
    }
    if (read.unreadable > 0) {
        text += std::to_string(read.unreadable) +
                " requests with an unreadable record are left out, the first " + read.first_unreadable + '\n';
    }
    return text;
}

std::string notes_on(const whatif::caveats& but) {
    std::string text;
    const auto say = [&](std::int64_t count, const std::string& what) {
        if (count > 0) text += std::to_string(count) + ' ' + what + '\n';
    };
    say(but.unroutable, "requests that this configuration would refuse are left out");
    say(but.unpriced, "requests are left out: the price book knows no price of some tier at their time");
    say(but.otherwise_paid, "requests that were paid in another currency are left out");
    say(but.other_tier, "requests were answered by a tier that this configuration does not have");
    say(but.other_weights, "requests have the words' part of their learned score from other weights");
    return text;
}

}  // namespace weir::cli
