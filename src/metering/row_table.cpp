#include "row_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace weir::metering::row_table {
namespace {

// The key is time-ordered, so rows are appended at the end of one tree. A secondary index would cost each row
// more than all the rest; reports read the whole table instead.
constexpr std::string_view first_schema = R"sql(
CREATE TABLE requests (
  id              INTEGER PRIMARY KEY,
  started_ms      INTEGER NOT NULL,
  ended_ms        INTEGER NOT NULL,
  duration_us     INTEGER NOT NULL,
  first_byte_us   INTEGER NOT NULL,
  key_id          TEXT NOT NULL,
  endpoint        TEXT NOT NULL,
  stream          INTEGER NOT NULL,
  model_asked     TEXT NOT NULL,
  model_sent      TEXT NOT NULL,
  model_served    TEXT NOT NULL,
  tier            TEXT NOT NULL,
  effort          TEXT NOT NULL,
  reason          TEXT NOT NULL,
  policy          TEXT NOT NULL,
  score           INTEGER NOT NULL,
  hit             INTEGER NOT NULL,
  miss            INTEGER NOT NULL,
  output          INTEGER NOT NULL,
  reasoning       INTEGER NOT NULL,
  estimated       INTEGER NOT NULL,
  suspect         INTEGER NOT NULL,
  price_version   TEXT NOT NULL,
  currency        TEXT NOT NULL,
  price_tariff    TEXT NOT NULL,
  cost_pico       INTEGER NOT NULL,
  baselines       TEXT NOT NULL,
  outcome         INTEGER NOT NULL,
  status          INTEGER NOT NULL,
  upstream_status INTEGER NOT NULL,
  error           TEXT NOT NULL,
  finish_reason   TEXT NOT NULL,
  attempts        INTEGER NOT NULL,
  request_bytes   INTEGER NOT NULL,
  answer_bytes    INTEGER NOT NULL
) STRICT;
)sql";

constexpr std::string_view step_to_2 = R"sql(
ALTER TABLE requests ADD COLUMN session      TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN fingerprint  TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN served_other INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN mended       TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN checked      TEXT NOT NULL DEFAULT '';
)sql";

// The key bounds what clients can add: one outcome of each kind for a request.
constexpr std::string_view step_to_3 = R"sql(
ALTER TABLE requests ADD COLUMN parent        INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN traffic_class TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN decision      TEXT NOT NULL DEFAULT '';
CREATE TABLE outcomes (
  request  INTEGER NOT NULL,
  at_ms    INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  accepted INTEGER NOT NULL,
  score    REAL,
  note     TEXT NOT NULL,
  PRIMARY KEY (request, kind)
) STRICT, WITHOUT ROWID;
)sql";

// steps[v] leads from version v to the next. A new file takes the same steps as an old one, so the two cannot
// come to differ.
constexpr std::array<std::string_view, schema_version> steps = {first_schema, step_to_2, step_to_3};

constexpr std::string_view first_columns =
    "id, started_ms, ended_ms, duration_us, first_byte_us, key_id, endpoint, stream, model_asked, "
    "model_sent, "
    "model_served, tier, effort, reason, policy, score, hit, miss, output, reasoning, estimated, suspect, "
    "price_version, currency, price_tariff, cost_pico, baselines, outcome, status, upstream_status, error, "
    "finish_reason, attempts, request_bytes, answer_bytes";

// Columns that came with a version, and what stands for them in a file that is older.
struct later_columns {
    std::int64_t version;
    std::string_view names;
    std::string_view defaults;
};
constexpr later_columns later[] = {
    {2, ", session, fingerprint, served_other, mended, checked", ", '', '', 0, '', ''"},
    {3, ", parent, traffic_class, decision", ", 0, '', ''"},
};

// In the order that insert() and read_row() keep.
std::string columns_of(std::int64_t version) {
    std::string all(first_columns);
    for (const later_columns& l : later) all += version >= l.version ? l.names : l.defaults;
    return all;
}

std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name) {
        switch (c) {
            case '%':
                text += "%25";
                break;
            case '=':
                text += "%3D";
                break;
            case ',':
                text += "%2C";
                break;
            default:
                text += c;
        }
    }
    return text;
}

std::optional<std::string> unescaped(std::string_view text) {
    std::string name;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            name += text[i];
            continue;
        }
        const std::string_view code = text.substr(i, 3);
        if (code == "%25") {
            name += '%';
        } else if (code == "%3D") {
            name += '=';
        } else if (code == "%2C") {
            name += ',';
        } else {
            return std::nullopt;
        }
        i += 2;
    }
    return name;
}

// Values in the order of the columns, one after another.
class binder {
public:
    explicit binder(statement& to) noexcept : to_(to) {}
    binder& operator<<(std::int64_t value) noexcept {
        to_.bind(++last_, value);
        return *this;
    }
    binder& operator<<(std::string_view value) noexcept {
        to_.bind(++last_, value);
        return *this;
    }

private:
    statement& to_;
    int last_ = 0;
};

class reader {
public:
    explicit reader(const statement& at) noexcept : at_(at) {}
    reader& operator>>(std::int64_t& value) noexcept {
        value = at_.integer(++last_);
        return *this;
    }
    // The table can be written by others than us; what does not fit is capped, not wrapped.
    reader& operator>>(int& value) noexcept {
        value = static_cast<int>(std::clamp<std::int64_t>(at_.integer(++last_), INT32_MIN, INT32_MAX));
        return *this;
    }
    reader& operator>>(bool& value) noexcept {
        value = at_.integer(++last_) != 0;
        return *this;
    }
    reader& operator>>(std::string& value) {
        value = at_.text(++last_);
        return *this;
    }

private:
    const statement& at_;
    int last_ = -1;
};

std::unexpected<fault> refusal(database& db, std::string_view why) {
    const auto file = db.text("SELECT file FROM pragma_database_list WHERE name = 'main'");
    return weir_fault(errc::ledger, file.value_or("ledger") + ": " + std::string(why));
}

}  // namespace

std::string to_text(const baselines& what) {
    std::string text;
    for (const auto& [name, cost] : what) {
        if (!text.empty()) text += ',';
        text += escaped(name) + '=' + std::to_string(cost.value);
    }
    return text;
}

baselines parse_baselines(std::string_view text) {
    baselines read;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        const std::size_t sign = part.find('=');
        if (sign == std::string_view::npos) continue;
        auto name = unescaped(part.substr(0, sign));
        const std::string_view number = part.substr(sign + 1);
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
        if (!name || error != std::errc{} || end != number.data() + number.size()) continue;
        read.emplace_back(*std::move(name), pricing::pico{value});
    }
    return read;
}

result<std::int64_t> check_schema(database& db) {
    const auto application = db.integer("PRAGMA application_id");
    if (!application) return std::unexpected(application.error());
    const auto version = db.integer("PRAGMA user_version");
    if (!version) return std::unexpected(version.error());
    if (*application != application_id) return refusal(db, "a database, but not a ledger of weir");
    if (*version < 1 || *version > schema_version) {
        return refusal(db, "a ledger of schema " + std::to_string(*version) +
                               "; this weir reads schema 1 to " + std::to_string(schema_version));
    }
    return *version;
}

result<void> prepare_schema(database& db) {
    const auto objects = db.integer("SELECT count(*) FROM sqlite_schema");
    if (!objects) return std::unexpected(objects.error());
    std::size_t version = 0;
    if (*objects > 0) {
        const auto found = check_schema(db);
        if (!found) return std::unexpected(found.error());
        version = static_cast<std::size_t>(*found);
    }
    if (version == steps.size()) return {};
    std::string sql = "BEGIN IMMEDIATE;";
    for (; version < steps.size(); ++version) sql += steps[version];
    sql += "PRAGMA application_id = " + std::to_string(application_id) +
           "; PRAGMA user_version = " + std::to_string(schema_version) + "; COMMIT;";
    auto done = db.run(sql);
    // What failed is what is reported; SQLite may have rolled back by itself already.
    if (!done) (void)db.run("ROLLBACK");
    return done;
}

result<statement> insertion(database& db) {
    const std::string columns = columns_of(schema_version);
    std::string sql = "INSERT OR IGNORE INTO requests (" + columns + ") VALUES (?";
    for (auto more = std::ranges::count(columns, ','); more > 0; --more) sql += ",?";
    return db.prepare(sql + ")");
}

result<bool> insert(database& db, statement& into, const row& r) {
    const std::string baselines_text = to_text(r.baselines);
    binder b(into);
    b << r.id.value << r.started_ms << r.ended_ms << r.duration_us << r.first_byte_us << r.key_id
      << r.endpoint << std::int64_t{r.stream} << r.model_asked << r.model_sent << r.model_served << r.tier
      << r.effort << r.reason << r.policy << std::int64_t{r.score} << r.tokens.hit << r.tokens.miss
      << r.tokens.output << r.tokens.reasoning << std::int64_t{r.estimated} << std::int64_t{r.suspect}
      << r.price_version << r.currency << r.price_tariff << r.cost.value << baselines_text
      << static_cast<std::int64_t>(r.how) << std::int64_t{r.status} << std::int64_t{r.upstream_status}
      << r.error << r.finish_reason << std::int64_t{r.attempts} << r.request_bytes << r.answer_bytes
      << r.session << r.fingerprint << std::int64_t{r.served_other} << r.mended << r.checked << r.parent.value
      << r.traffic_class << r.decision;
    const auto stepped = into.step();
    into.reset();
    if (!stepped) return std::unexpected(stepped.error());
    return db.changes() > 0;
}

result<statement> selection(database& db) {
    return db.prepare("SELECT " + columns_of(schema_version) + " FROM requests WHERE id = ?1");
}

result<statement> selection_of_attempt(database& db) {
    return db.prepare("SELECT 1 FROM requests WHERE started_ms = ?1 AND parent = ?2 AND tier = ?3 LIMIT 1");
}

result<statement> selection_of_span(database& db, std::int64_t version) {
    return db.prepare("SELECT " + columns_of(version) +
                      " FROM requests WHERE started_ms >= ?1 AND started_ms < ?2 ORDER BY id");
}

row read_row(const statement& at) {
    row r;
    std::string baselines_text;
    int how = 0;
    reader in(at);
    in >> r.id.value >> r.started_ms >> r.ended_ms >> r.duration_us >> r.first_byte_us >> r.key_id >>
        r.endpoint >> r.stream >> r.model_asked >> r.model_sent >> r.model_served >> r.tier >> r.effort >>
        r.reason >> r.policy >> r.score >> r.tokens.hit >> r.tokens.miss >> r.tokens.output >>
        r.tokens.reasoning >> r.estimated >> r.suspect >> r.price_version >> r.currency >> r.price_tariff >>
        r.cost.value >> baselines_text >> how >> r.status >> r.upstream_status >> r.error >>
        r.finish_reason >> r.attempts >> r.request_bytes >> r.answer_bytes >> r.session >> r.fingerprint >>
        r.served_other >> r.mended >> r.checked >> r.parent.value >> r.traffic_class >> r.decision;
    r.baselines = parse_baselines(baselines_text);
    r.how = static_cast<outcome>(std::clamp(how, 0, 255));
    return r;
}

}  // namespace weir::metering::row_table
