#include "weir/dialect/identity.hpp"

#include "weir/base/hash.hpp"

#include "envelopes.hpp"
#include "json_scan.hpp"
#include "json_text.hpp"
#include "part_kind.hpp"
#include "raw_cuts.hpp"
#include "text_match.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {
namespace {

// Enough to tell conversations apart; what a human pastes may be megabytes, and comes with every request.
constexpr std::size_t opening_bytes_max = 32 * 1024;

std::string_view bytes_of(padded_view body, place where) noexcept {
    return body.text().substr(where.offset, where.length);
}

// The text of a part, escapes as written; nullopt where it is no text.
bool read_part(json_scan& in, std::optional<std::string_view>& text) {
    if (in.peek() != '{') return in.value().has_value();
    std::string_view type = "text";
    const bool whole = in.object([&](std::string_view key) {
        if (in.peek() != '"') return in.value().has_value();
        const auto inner = in.string();
        if (inner && key == "type") type = *inner;
        if (inner && key == "text") text = inner;
        return inner.has_value();
    });
    if (part_kind_of(type) != part_kind::text) text.reset();
    return whole;
}

// Calls use(text) for each text of a content, a string or an array of parts, escapes as written, until it
// says that it has enough.
template <class use_type>
void each_text(std::string_view content, use_type&& use) {
    if (content.size() >= 2 && content.starts_with('"')) {
        use(content.substr(1, content.size() - 2));
        return;
    }
    if (!content.starts_with('[')) return;
    json_scan in(content);
    in.array([&] {
        std::optional<std::string_view> text;
        const bool whole = read_part(in, text);
        return whole && (!text || use(*text));
    });
}

// ---- the frame ----

class frame_hash {
public:
    frame_hash(padded_view body, const body_index& index, const ask_rules& rules)
        : body_(body), lines_(rules.session_ignored_lines) {
        const std::string_view quoted = bytes_of(body, index.model);
        if (quoted.size() > 2) model_ = quoted.substr(1, quoted.size() - 2);
    }

    void add_text_of(const message& m) {
        each_text(bytes_of(body_, m.content), [this](std::string_view text) {
            add(without_cuts(text, cuts_of(text, lines_, model_), scratch_));
            return true;
        });
    }
    void add(std::string_view bytes) noexcept {
        if (!bytes.empty()) hash_ = hash_bytes(bytes, hash_);
    }
    std::uint64_t value() const noexcept { return hash_; }

private:
    padded_view body_;
    const std::vector<std::string>& lines_;
    std::string_view model_;
    std::string scratch_;
    std::uint64_t hash_ = 0;
};

// Messages' `system` and Responses' `instructions` are members of the body, wherever they stand in it.
constexpr bool is_member(const message& m) noexcept { return m.from == speaker::system && m.whole.empty(); }

std::uint64_t frame_of(padded_view body, const body_index& index, const ask_rules& rules) {
    frame_hash frame(body, index, rules);
    for (const message& m : index.messages) {
        if (is_member(m)) frame.add_text_of(m);
    }
    for (const message& m : index.messages) {
        if (is_member(m)) continue;
        if (m.from == speaker::system) frame.add_text_of(m);
        if (m.from != speaker::system && m.from != speaker::other) break;
    }
    for (const body_member& member : index.members) {
        if (member.name == "tools") frame.add(bytes_of(body, member.value));
    }
    return frame.value();
}

// ---- the opening ----

// 0 says that there is none.
std::uint64_t hash_of_text(std::string_view text) noexcept {
    return text.empty() ? 0 : std::max<std::uint64_t>(hash_bytes(text), 1);
}

// Text of a content as ask_of() joins it, of at most so many bytes as written.
std::string text_within(std::string_view content, std::size_t bytes_max) {
    std::string text;
    each_text(content, [&](std::string_view inner) {
        if (!text.empty()) text += '\n';
        append_unescaped(text, inner.substr(0, bytes_max));
        bytes_max -= std::min(inner.size(), bytes_max);
        return bytes_max > 0;
    });
    return text;
}

bool begins_with_envelope(std::string_view text, const ask_rules& rules) {
    const std::string_view tag = tag_at(text);
    return !tag.empty() && std::ranges::any_of(rules.envelopes, [&](const std::string& name) {
        return equal_in_any_case(tag, name);
    });
}

// As ask_of() has it, up to the bound. What is no human's there is passed first.
std::string human_text(std::string_view content, const ask_rules& rules) {
    for (std::size_t bytes_max = opening_bytes_max;; bytes_max *= 2) {
        std::string text(trim(strip_envelopes(text_within(content, bytes_max), rules.envelopes)));
        const bool human = !text.empty() && !begins_with_envelope(text, rules);
        if (human || content.size() <= bytes_max) return text;
    }
}

std::uint64_t opening_of(padded_view body, const body_index& index, const ask& ask, const ask_rules& rules) {
    for (std::size_t i = 0; i < index.messages.size(); ++i) {
        const message& m = index.messages[i];
        if (m.from != speaker::user || m.content.empty()) continue;
        // What was read already need not be read again, where all of it counts.
        const bool is_ask = i == ask.message && m.content.length <= opening_bytes_max;
        const std::string read = is_ask ? std::string() : human_text(bytes_of(body, m.content), rules);
        const std::string& text = is_ask ? ask.text : read;
        if (phrase_index(rules.preambles).begins(text)) continue;
        if (const std::uint64_t hash = hash_of_text(text); hash != 0) return hash;
    }
    return 0;
}

}  // namespace

identity identity_of(padded_view body, const body_index& index, const ask& ask, const ask_rules& rules) {
    return {frame_of(body, index, rules), opening_of(body, index, ask, rules), hash_of_text(ask.text)};
}

}  // namespace weir::dialect
