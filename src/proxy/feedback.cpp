#include "feedback.hpp"

#include "weir/dialect/api.hpp"
#include "weir/dialect/error_body.hpp"
#include "weir/metering/answer_outcome.hpp"
#include "weir/net/handover.hpp"
#include "weir/proxy/admission.hpp"

#include <boost/beast/core/string.hpp>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace weir::proxy {

using net::task;
using nlohmann::json;

namespace {

// A note of note_bytes_max, escaped at its longest, and the rest with room.
constexpr std::size_t feedback_bytes_max = 16 * 1024;

struct feedback {
    std::string request_id;
    bool accepted = false;
    std::optional<double> score;
    std::string note;
};

frontend::response refusal(const fault& why) {
    auto answer = frontend::json_response(dialect::status_of(why),
                                          dialect::api_of(dialect::api_kind::chat).error_body(why));
    if (why.code == errc::overloaded) answer.fields.emplace_back("Retry-After", "1");
    return answer;
}

// A client's name for a member, where it is short enough to be told.
std::string told(const std::string& name) {
    constexpr std::size_t told_bytes_max = 64;
    return name.size() <= told_bytes_max ? name : std::string();
}

// The object, each member once; invalid UTF-8 and half characters are no JSON.
result<json> read_object(std::string_view body) {
    std::set<std::string> names;
    std::string repeated;
    const auto note_key = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth == 1 && event == json::parse_event_t::key &&
            !names.insert(parsed.get<std::string>()).second) {
            repeated = parsed.get<std::string>();
        }
        return true;
    };
    json object = json::parse(body, note_key, false);
    if (object.is_discarded()) return client_fault(errc::malformed_json, "the body is not JSON");
    if (!object.is_object()) return client_fault(errc::malformed_json, "the body is not a JSON object");
    if (!repeated.empty()) return client_fault(errc::invalid_field, "must be given once", told(repeated));
    return object;
}

result<std::string> read_text(const json& value, const char* field, std::size_t bytes_max) {
    if (!value.is_string()) return client_fault(errc::invalid_field, "must be a string", field);
    std::string text = value.get<std::string>();
    if (text.size() <= bytes_max) return text;
    return client_fault(errc::invalid_field, "must be at most " + std::to_string(bytes_max) + " bytes",
                        field);
}

result<void> read_member(const std::string& name, const json& value, feedback& into) {
    constexpr std::size_t id_bytes_max = 64;
    if (name == "request_id") {
        auto id = read_text(value, "request_id", id_bytes_max);
        if (!id) return std::unexpected(std::move(id.error()));
        into.request_id = *std::move(id);
    } else if (name == "accepted") {
        if (!value.is_boolean())
            return client_fault(errc::invalid_field, "must be true or false", "accepted");
        into.accepted = value.get<bool>();
    } else if (name == "score") {
        const double score = value.is_number() ? value.get<double>() : -1;
        if (!(score >= 0 && score <= 1)) {
            return client_fault(errc::invalid_field, "must be a number from 0 to 1", "score");
        }
        into.score = score;
    } else if (name == "note") {
        auto note = read_text(value, "note", metering::note_bytes_max);
        if (!note) return std::unexpected(std::move(note.error()));
        into.note = *std::move(note);
    } else {
        return client_fault(errc::invalid_field, "is not known here", told(name));
    }
    return {};
}

result<feedback> read_feedback(std::string_view body) {
    const auto object = read_object(body);
    if (!object) return std::unexpected(object.error());
    feedback f;
    for (const auto& [name, value] : object->items()) {
        if (auto read = read_member(name, value, f); !read) return std::unexpected(std::move(read.error()));
    }
    for (const char* needed : {"request_id", "accepted"}) {
        if (!object->contains(needed)) return client_fault(errc::invalid_field, "is missing", needed);
    }
    return f;
}

// The client left: a fault with an empty detail.
task<result<feedback>> read_body(frontend::exchange& ex) {
    const std::string_view coding = ex.head()["Content-Encoding"];
    if (!coding.empty() && !boost::beast::iequals(coding, "identity")) {
        co_return client_fault(errc::unsupported_media, "feedback must not be compressed",
                               "Content-Encoding");
    }
    const auto body = co_await ex.read_body(feedback_bytes_max);
    if (!body) co_return std::unexpected(body.error());
    co_return read_feedback(body->text());
}

// The row that a client may speak of: its own, of a request that had an answer.
task<result<metering::row>> find_row(context& here, const caller& who, const std::string& id_text) {
    using enum metering::outcome;
    const auto unknown =
        client_fault(errc::not_found, "no settled request of this key has this id", "request_id");
    const auto id = parse_request_id(id_text);
    if (!id) co_return unknown;
    net::handover<result<std::optional<metering::row>>> found(here.on);
    here.home.ledger.find(*id, found.giver());
    auto row = co_await found.take();
    if (!row) co_return std::unexpected(std::move(row.error()));
    const bool own = *row && (*row)->key_id == who.key_id && (*row)->how != replaced;
    if (!own) co_return unknown;
    if ((*row)->how == refused || (*row)->how == upstream_error || (*row)->how == failed) {
        co_return client_fault(errc::invalid_field, "this request had no answer", "request_id");
    }
    co_return std::move(**row);
}

task<result<void>> record(context& here, const caller& who, feedback said,
                          state::accepted_tallies& accepted) {
    const auto row = co_await find_row(here, who, said.request_id);
    if (!row) co_return std::unexpected(row.error());
    metering::answer_outcome outcome{
        row->id,    unix_ms(here.on.time->wall()), metering::outcome_kind::feedback, said.accepted,
        said.score, std::move(said.note)};
    net::handover<metering::noted> noted(here.on);
    here.home.ledger.note(std::move(outcome), noted.giver());
    const metering::noted done = co_await noted.take();
    if (!done.committed) co_return weir_fault(errc::ledger, "the feedback could not be written");
    if (done.accepted_change != 0) accepted.add(row->traffic_class, done.accepted_change);
    co_return result<void>{};
}

}  // namespace

task<void> serve_feedback(context& here, frontend::exchange& ex, state::accepted_tallies& accepted) {
    const auto who = admit(ex.head(), ex.local_authority(), here.home.settings);
    if (!who) {
        here.metrics.count_refusal(who.error().code);
        co_await ex.respond(refusal(who.error()));
        co_return;
    }
    auto said = co_await read_body(ex);
    if (!said && said.error().detail.empty()) co_return;
    const auto done = said ? co_await record(here, *who, std::move(*said), accepted)
                           : result<void>(std::unexpected(said.error()));
    if (!done) {
        co_await ex.respond(refusal(done.error()));
        co_return;
    }
    co_await ex.respond(frontend::json_response(200, R"({"recorded":true})"));
}

}  // namespace weir::proxy
