#include "body_reader.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace weir::dialect {
namespace {

constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
    return (a ^ (b + 0x9e3779b97f4a7c15 + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccd;
}

speaker speaker_of(std::string_view role) noexcept {
    if (role == "system" || role == "developer") return speaker::system;
    if (role == "user") return speaker::user;
    if (role == "assistant") return speaker::assistant;
    if (role == "tool") return speaker::tool;
    return speaker::other;
}

}  // namespace

// ---- how members are read ----

std::string body_reader::path() const {
    std::string out;
    for (const step& s : path_) {
        if (s.index != no_index) {
            out += "[" + std::to_string(s.index) + "]";
            continue;
        }
        if (!out.empty()) out += '.';
        out += s.name;
    }
    return out;
}

// The first problem counts; reading goes on, since bytes that are no JSON would be the graver one.
void body_reader::complain_at(std::string path, std::string_view what) {
    if (!problem_) problem_ = fault{errc::invalid_field, origin::client, std::string(what), std::move(path)};
}

void body_reader::complain(std::string_view what) {
    if (!problem_) complain_at(path(), what);
}

void body_reader::complain_of(std::string_view name, std::string_view what) {
    path_.push_back({name, no_index});
    complain(what);
    path_.pop_back();
}

std::optional<std::string> body_reader::text(bool& whole) {
    place where;
    return text_at(where, whole);
}

std::optional<std::string> body_reader::text_at(place& where, bool& whole) {
    if (in_.peek() != '"') {
        whole = skip();
        return std::nullopt;
    }
    const std::size_t start = in_.offset();
    const auto inner = in_.string();
    whole = inner.has_value();
    if (!whole) return std::nullopt;
    where = {start, in_.passed() - start};
    return unescape(*inner);
}

bool body_reader::value_at(place& where) {
    const bool null = in_.peek() == 'n';
    const auto passed = in_.value();
    if (passed && !null) where = *passed;
    return passed.has_value();
}

// Compared within one body only, so the library's own hash will do.
std::uint64_t body_reader::hash_of_value(bool& whole) {
    const std::hash<std::string_view> hash;
    if (in_.peek() == '"') {
        const auto inner = in_.string();
        whole = inner.has_value();
        return whole ? hash(*inner) : 0;
    }
    const auto where = in_.value();
    whole = where.has_value();
    return whole ? hash(in_.bytes(*where)) : 0;
}

std::uint64_t body_reader::hash_of_id(place& where, bool& whole) {
    const auto id = text_at(where, whole);
    return id ? std::hash<std::string_view>()(*id) : 0;
}

bool body_reader::note_member(std::string name, std::size_t key_start, std::size_t start) {
    if (out_.members.size() == members_max) {
        complain("has too many members");
        return true;
    }
    const std::size_t end = in_.passed();
    out_.members.push_back({std::move(name), {key_start, end - key_start}, {start, end - start}});
    return true;
}

bool body_reader::has_member(std::string_view name) const noexcept {
    return std::ranges::any_of(out_.members, [&](const body_member& m) { return m.name == name; });
}

// ---- messages ----

message* body_reader::add_message() {
    if (out_.messages.size() == entries_max) {
        complain("is one entry too many");
        return nullptr;
    }
    message& m = out_.messages.emplace_back();
    m.first_call = static_cast<std::uint32_t>(out_.calls.size());
    role_said_ = false;
    role_word_.clear();
    return &m;
}

void body_reader::add_message_of(speaker from, place content) {
    message* m = add_message();
    if (!m) return;
    m->from = from;
    m->content = content;
}

bool body_reader::role() {
    role_said_ = true;
    bool whole = false;
    message& m = out_.messages.back();
    auto word = text_at(m.role, whole);
    if (!word && whole) complain(must_be_string);
    role_word_ = std::move(word).value_or("");
    m.from = speaker_of(role_word_);
    m.developer = role_word_ == "developer";
    return whole;
}

void body_reader::refuse_tool_roles() {
    if (role_word_ != "tool" && role_word_ != "function") return;
    complain_of("role", "is no role of this API; this looks like a Chat Completions body");
}

bool body_reader::content_at(place& where) {
    const std::size_t start = in_.offset();
    const bool null = in_.peek() == 'n';
    if (!parts()) return false;
    if (!null) where = {start, in_.passed() - start};
    return true;
}

bool body_reader::parts() {
    return in_.peek() == '[' ? read_elements([this] { return one_part(); }) : skip();
}

bool body_reader::one_part() {
    static constexpr member<body_reader> members[] = {{"type", &body_reader::part_type},
                                                      {"text", &body_reader::skip},
                                                      {"source", &body_reader::part_source}};
    part_ = part_kind::other;
    part_is_encoded_ = false;
    if (in_.peek() != '{') return skip();
    const std::size_t start = in_.offset();
    if (!read_object(members)) return false;
    count_part(start);
    return true;
}

bool body_reader::part_type() {
    bool whole = false;
    const auto word = text(whole);
    // Its parts carry their bytes or an id, where a document may also be text.
    part_is_encoded_ = part_is_encoded_ || word == "file" || word == "input_file";
    part_ = part_kind_of(word.value_or(""));
    return whole;
}

bool body_reader::part_source() {
    static constexpr member<body_reader> members[] = {{"type", &body_reader::part_source_type}};
    return read_if_object(members);
}

bool body_reader::part_source_type() {
    bool whole = false;
    const auto word = text(whole);
    part_is_encoded_ = word == "base64" || word == "file" || word == "url";
    return whole;
}

void body_reader::count_part(std::size_t start) {
    const bool image = part_ == part_kind::image;
    const bool file = part_ == part_kind::file && part_is_encoded_;
    if (image) ++out_.images;
    if (file) ++out_.files;
    if (image || file) out_.image_bytes += in_.passed() - start;
}

// ---- calls and results ----

tool_call* body_reader::add_call() {
    if (out_.calls.size() == entries_max) {
        complain("is one entry too many");
        return nullptr;
    }
    tool_call& call = out_.calls.emplace_back();
    call.message = static_cast<std::uint32_t>(out_.messages.size() - 1);
    ++out_.messages.back().call_count;
    return &call;
}

bool body_reader::call_name() {
    bool whole = false;
    name_hash_ = hash_of_value(whole);
    return whole;
}

bool body_reader::call_arguments() {
    bool whole = false;
    arguments_hash_ = hash_of_value(whole);
    return whole;
}

void body_reader::end_call(tool_call& call) { call.fingerprint = mix(name_hash_, arguments_hash_); }

void body_reader::add_result(tool_result made, std::size_t item, std::size_t block) {
    if (out_.results.size() == entries_max) return complain("is one entry too many");
    made.message = static_cast<std::uint32_t>(out_.messages.size() - 1);
    out_.results.push_back(made);
    result_places_.push_back({static_cast<std::uint32_t>(item), static_cast<std::uint32_t>(block)});
}

void body_reader::drop_results(std::size_t first) {
    out_.results.resize(first);
    result_places_.resize(first);
}

std::optional<body_reader::result_place> body_reader::first_orphan() const {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> calls;  // id and message, the earliest first
    calls.reserve(out_.calls.size());
    for (const tool_call& call : out_.calls) {
        if (!call.id.empty()) calls.emplace_back(call.id_hash, call.message);
    }
    std::ranges::sort(calls);
    for (std::size_t i = 0; i < out_.results.size(); ++i) {
        const tool_result& r = out_.results[i];
        const auto call = std::ranges::lower_bound(calls, std::pair{r.id_hash, std::uint32_t{0}});
        if (call == calls.end() || call->first != r.id_hash || call->second >= r.message) {
            return result_places_[i];
        }
    }
    return std::nullopt;
}

// ---- the end ----

void body_reader::require_conversation(std::string_view name, std::size_t entries) {
    if (entries > 0) return;
    if (has_member(name)) return complain_at(std::string(name), "is empty");
    static constexpr std::pair<std::string_view, std::string_view> signs[] = {
        {"input", "is missing; this looks like a Responses body"},
        {"prompt", "is missing; this looks like a Completions body"},
        {"messages", "is missing; this looks like a Chat Completions body"},
    };
    for (const auto& [sign, what] : signs) {
        if (sign != name && has_member(sign)) return complain_at(std::string(name), what);
    }
    complain_at(std::string(name), "is missing");
}

result<body_index> body_reader::finish(bool whole) {
    if (!whole || !in_.finish()) return client_fault(errc::malformed_json, in_.error());
    if (out_.model.empty()) complain_at("model", "is missing");
    if (problem_) return std::unexpected(std::move(*problem_));
    return std::move(out_);
}

}  // namespace weir::dialect
