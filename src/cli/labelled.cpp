#include "labelled.hpp"

#include "weir/base/bytes.hpp"
#include "weir/base/digest.hpp"
#include "weir/base/utf8.hpp"
#include "weir/dialect/ask.hpp"
#include "weir/dialect/request_line.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>
#include <utility>
#include <variant>

namespace weir::cli {

namespace {

using nlohmann::json;

constexpr std::uint32_t shuffled_parts = 5;

// Adds the strings under `content` of messages, and those of their parts, with a line break behind each.
void add_texts(const json& from, std::string& into) {
    if (from.is_string()) {
        into += from.get_ref<const std::string&>();
        into += '\n';
    } else if (from.is_array()) {
        for (const json& part : from) {
            const auto text = part.is_object() ? part.find("text") : part.end();
            if (text != part.end()) add_texts(*text, into);
        }
    }
}

std::string all_text(const json& request) {
    std::string text;
    const auto messages = request.find("messages");
    if (messages == request.end() || !messages->is_array()) return text;
    for (const json& message : *messages) {
        if (!message.is_object()) continue;
        const auto content = message.find("content");
        if (content != message.end()) add_texts(*content, text);
    }
    return text;
}

// Names that are known already keep their index.
class name_table {
public:
    explicit name_table(std::vector<std::string>& names) : names_(names) {}
    std::uint32_t index_of(const std::string& name) {
        const auto [at, added] = known_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
        if (added) names_.push_back(name);
        return at->second;
    }

private:
    std::vector<std::string>& names_;
    std::map<std::string, std::uint32_t> known_;
};

class line_reader {
public:
    line_reader(const config::settings& settings, labelled_set& into)
        : settings_(settings),
          words_(settings.routes.words),
          into_(into),
          sources_(into.sources),
          families_(into.families) {
        for (const router::tier& t : settings.routes.tiers) {
            expected_label_ += (expected_label_.empty() ? "\"" : " or \"") + t.name + '"';
        }
    }

    result<void> read(std::string_view line) {
        const json row = json::parse(line, nullptr, false);
        if (!row.is_object()) return client_fault(errc::malformed_json, "is no JSON object");
        const auto label = label_of(row);
        if (!label) return std::unexpected(label.error());
        const auto source = row.find("source");
        if (source == row.end() || !source->is_string())
            return client_fault(errc::invalid_field, "`source` must be a text such as \"family/name\"");
        labelled_row made;
        made.pro = *label > 0;
        const auto& name = source->get_ref<const std::string&>();
        made.source = sources_.index_of(name);
        made.family = families_.index_of(name.substr(0, name.find('/')));
        if (auto read = read_tags(row, made); !read) return read;
        if (auto read = read_request(line, row, made); !read) return read;
        into_.rows.push_back(std::move(made));
        return {};
    }

private:
    result<std::size_t> label_of(const json& row) const {
        const auto label = row.find("label");
        if (label == row.end())
            return client_fault(errc::invalid_field, "`label` is missing, expected " + expected_label_);
        if (label->is_string()) {
            const auto& tiers = settings_.routes.tiers;
            const auto found =
                std::ranges::find(tiers, label->get_ref<const std::string&>(), &router::tier::name);
            if (found != tiers.end()) return static_cast<std::size_t>(found - tiers.begin());
        }
        return client_fault(errc::invalid_field,
                            "`label` is " + label->dump(-1, ' ', false, json::error_handler_t::replace) +
                                ", expected " + expected_label_);
    }

    result<void> read_tags(const json& row, labelled_row& into) const {
        const auto tags = row.find("tags");
        if (tags == row.end()) return {};
        const bool texts = tags->is_array() && std::ranges::all_of(*tags, &json::is_string);
        if (!texts) return client_fault(errc::invalid_field, "`tags` must be a list of texts");
        for (const json& tag : *tags) into.tags.push_back(tag.get<std::string>());
        return {};
    }

    result<void> read_request(std::string_view line, const json& row, labelled_row& into) {
        const padded_text padded(line);
        const padded_view all = padded;
        const auto parts = dialect::read_request_line(all);
        if (!parts || parts->request.empty())
            return client_fault(errc::invalid_field, "`request` must be an object: a Chat Completions body");
        const padded_view body{all.data() + parts->request.offset, parts->request.length};
        auto index = indexer_.read(dialect::api_kind::chat, body, settings_.bounds);
        if (!index) {
            const fault& f = index.error();
            return client_fault(f.code, "`request`: " + (f.field.empty() ? "" : f.field + ": ") + f.detail);
        }
        dialect::ask ask = dialect::ask_of(body, *index, settings_.asks);
        into.features = classifier::features_of(body, *index, ask, words_);
        into.of_human_text = into.features;
        into.of_human_text.words = words_.match(ask.text);
        const std::string said = all_text(row["request"]);
        into.of_all_text = into.features;
        into.of_all_text.words = words_.match(said);
        into.of_all_text.prompt_chars = static_cast<std::int64_t>(count_code_points(said));
        into.request = std::move(ask.request);
        into.index = std::move(*index);
        return {};
    }

    const config::settings& settings_;
    classifier::word_matcher words_;
    dialect::body_indexer indexer_;
    labelled_set& into_;
    name_table sources_, families_;
    std::string expected_label_;
};

result<std::string> text_of_file(const std::filesystem::path& file) {
    std::error_code failed;
    const std::uintmax_t size = std::filesystem::file_size(file, failed);
    std::ifstream in(file, std::ios::binary);
    if (failed || !in) return weir_fault(errc::file, "cannot read " + file.string());
    if (size > labelled_bytes_max) {
        return weir_fault(errc::file,
                          file.string() + " is longer than " + std::to_string(labelled_bytes_max) + " bytes");
    }
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

result<labelled_set> read_labelled(const std::filesystem::path& file, const config::settings& settings,
                                   const reading_progress& progress) {
    const auto text = text_of_file(file);
    if (!text) return std::unexpected(text.error());
    labelled_set made;
    made.file = file.filename().string();
    made.sha256 = hex(sha256(*text));
    line_reader reader(settings, made);
    const std::string_view all = *text;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < all.size();) {
        const std::size_t end = std::min(all.find('\n', begin), all.size());
        const std::string_view line = all.substr(begin, end - begin);
        begin = end + 1;
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        if (auto read = reader.read(line); !read) {
            fault f = std::move(read.error());
            f.detail = file.string() + ':' + std::to_string(number) + ": " + f.detail;
            return std::unexpected(std::move(f));
        }
        if (progress) progress(begin, all.size());
    }
    if (made.rows.empty()) return client_fault(errc::invalid_field, file.string() + ": holds no row");
    return made;
}

std::string_view name_of(hold_out by) noexcept {
    switch (by) {
        case hold_out::none:
            return "none";
        case hold_out::row:
            return "row";
        case hold_out::source:
            return "source";
        case hold_out::family:
            break;
    }
    return "family";
}

std::vector<std::uint32_t> parts_of(const labelled_set& data, hold_out by) {
    std::vector<std::uint32_t> parts;
    parts.reserve(data.rows.size());
    for (std::size_t i = 0; i < data.rows.size(); ++i) {
        const labelled_row& row = data.rows[i];
        const std::uint32_t of_row = by == hold_out::source ? row.source : row.family;
        parts.push_back(by == hold_out::row ? static_cast<std::uint32_t>(i % shuffled_parts) : of_row);
    }
    return parts;
}

std::vector<classifier::example> examples_of(const labelled_set& data, const classifier::recipe& how) {
    std::vector<classifier::example> made;
    made.reserve(data.rows.size());
    for (const labelled_row& row : data.rows) {
        const auto words =
            how.bits == 0 ? classifier::word_buckets{} : classifier::buckets_of(row.request, how.bits);
        made.push_back({row.features, words, row.pro, row.source});
    }
    return made;
}

std::optional<classifier::learned_card> shipped_card(const router::routing& routes, const labelled_row& row) {
    const std::size_t policy = router::policy_for(routes, row.index, row.features, {});
    const auto& learned = routes.policies[policy].learned;
    if (!learned.kind) return std::nullopt;
    return classifier::score(row.features, row.request, *learned.kind);
}

result<router::decision> decide_row(const router::routing& routes, const labelled_row& row,
                                    const classifier::learned_card& learned) {
    return router::decide(routes, row.index, row.features, {}, learned);
}

bool decided_by_line(const router::routing& routes, const router::decision& d) {
    const auto& lines = routes.policies[d.policy].decide;
    const auto line = std::ranges::find_if(
        lines, [&](const router::policy_line& l) { return l.reason == d.reason && l.where == d.where; });
    if (line == lines.end() || d.where.empty()) return false;
    return std::ranges::none_of(line->when, [](const router::predicate& p) {
        return std::holds_alternative<router::score_reached>(p) ||
               std::holds_alternative<router::no_signal>(p) || std::holds_alternative<router::always>(p);
    });
}

}  // namespace weir::cli
