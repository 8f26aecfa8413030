#include "outcome_table.hpp"

#include <utility>

namespace weir::metering::outcome_table {
namespace {

// Parameters of insertion() count from 1, columns of selection() from 0.
enum column : int { request, at_ms, kind, accepted, score, note };

constexpr int parameter_of(column c) noexcept { return static_cast<int>(c) + 1; }

}  // namespace

result<statement> insertion(database& db) {
    return db.prepare(
        "INSERT OR REPLACE INTO outcomes (request, at_ms, kind, accepted, score, note) VALUES (?,?,?,?,?,?)");
}

result<void> insert(statement& into, const answer_outcome& o) {
    into.bind(parameter_of(request), o.request.value);
    into.bind(parameter_of(at_ms), o.at_ms);
    into.bind(parameter_of(kind), name_of(o.kind));
    into.bind(parameter_of(accepted), std::int64_t{o.accepted});
    into.bind(parameter_of(score), o.score);
    into.bind(parameter_of(note), o.note);
    const auto stepped = into.step();
    into.reset();
    if (!stepped) return std::unexpected(stepped.error());
    return {};
}

result<statement> feedback_selection(database& db) {
    return db.prepare("SELECT accepted FROM outcomes WHERE request = ?1 AND kind = 'feedback'");
}

result<std::optional<bool>> find_feedback(statement& among, request_id request) {
    among.bind(1, request.value);
    const auto there = among.step();
    std::optional<bool> said;
    if (there && *there) said = among.integer(0) != 0;
    among.reset();
    if (!there) return std::unexpected(there.error());
    return said;
}

result<statement> selection(database& db) {
    return db.prepare("SELECT request, at_ms, kind, accepted, score, note FROM outcomes");
}

std::optional<answer_outcome> read_outcome(const statement& at) {
    const auto known = parse_outcome_kind(at.text(kind));
    if (!known) return std::nullopt;
    return answer_outcome{{at.integer(request)},     at.integer(at_ms), *known,
                          at.integer(accepted) != 0, at.real(score),    std::string(at.text(note))};
}

result<std::map<std::string, std::int64_t>> count_accepted(database& db) {
    // CROSS JOIN keeps SQLite from reading every request: outcomes are the fewer.
    auto counted = db.prepare(
        "SELECT traffic_class, count(*) FROM outcomes CROSS JOIN requests ON requests.id = outcomes.request "
        "WHERE kind = 'feedback' AND accepted <> 0 GROUP BY traffic_class");
    if (!counted) return std::unexpected(std::move(counted.error()));
    std::map<std::string, std::int64_t> by_class;
    for (;;) {
        const auto more = counted->step();
        if (!more) return std::unexpected(more.error());
        if (!*more) return by_class;
        by_class.emplace(counted->text(0), counted->integer(1));
    }
}

}  // namespace weir::metering::outcome_table
