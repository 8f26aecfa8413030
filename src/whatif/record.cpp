#include "weir/whatif/record.hpp"

#include "record_text.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <limits>
#include <type_traits>
#include <utility>

namespace weir::whatif {
namespace {

constexpr std::int64_t record_version = 2;  // from 2: conversation

// As records name them, in the order of the enumerations; add at the end.
constexpr std::array<std::string_view, dialect::api_count> api_names = {"chat", "responses", "messages",
                                                                        "completions"};
constexpr std::array<std::string_view, 5> thinking_names = {"unsaid", "enabled", "disabled", "other",
                                                            "adaptive"};
constexpr std::array<std::string_view, 6> choice_names = {"unsaid",   "automatic", "none",
                                                          "required", "named",     "other"};

// Writer and reader are driven by the same description, visit() below, so they cannot come to differ.
struct put {
    record_writer& out;

    void raw(std::string_view text) { out.raw(text); }
    void one(std::int64_t v) { out.value(v); }
    void one(int v) { out.value(std::int64_t{v}); }
    void one(std::size_t v) { out.value(static_cast<std::int64_t>(v)); }
    void one(double v) { out.value(v); }
    void one(bool v) { out.value(v); }
    void one(const std::string& v) { out.value(std::string_view(v)); }
    void one(pricing::pico v) { out.value(v.value); }

    template <class Enum, std::size_t N>
    void named(Enum v, const std::array<std::string_view, N>& names) {
        out.value(names[static_cast<std::size_t>(v)]);
    }
    template <class T, class Each>
    void list(const std::vector<T>& all, Each&& each) {
        out.raw("[");
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (i > 0) out.raw(",");
            each(all[i]);
        }
        out.raw("]");
    }
    template <class T, class Each>
    void maybe(const std::optional<T>& value, Each&& each) {
        if (value) {
            each(*value);
        } else {
            out.raw("null");
        }
    }
};

struct get {
    record_reader& in;

    void raw(std::string_view text) { in.raw(text); }
    void one(std::int64_t& v) { in.value(v); }
    void one(int& v) {
        std::int64_t wide = 0;
        in.value(wide);
        in.refuse_unless(wide >= std::numeric_limits<int>::min() && wide <= std::numeric_limits<int>::max());
        if (in.ok()) v = static_cast<int>(wide);
    }
    void one(std::size_t& v) {
        std::int64_t wide = 0;
        in.value(wide);
        in.refuse_unless(wide >= 0);
        if (in.ok()) v = static_cast<std::size_t>(wide);
    }
    void one(double& v) { in.value(v); }
    void one(bool& v) { in.value(v); }
    void one(std::string& v) { in.value(v); }
    void one(pricing::pico& v) { in.value(v.value); }

    template <class Enum, std::size_t N>
    void named(Enum& v, const std::array<std::string_view, N>& names) {
        std::string name;
        in.value(name);
        const auto found = std::ranges::find(names, name);
        in.refuse_unless(found != names.end());
        if (in.ok()) v = static_cast<Enum>(found - names.begin());
    }
    template <class T, class Each>
    void list(std::vector<T>& all, Each&& each) {
        all.clear();
        in.raw("[");
        if (in.take_if("]")) return;
        while (in.ok()) {
            in.refuse_unless(all.size() < record_entries_max);
            each(all.emplace_back());
            if (in.take_if("]")) break;
            in.raw(",");
        }
        // Of a ledger's records all are held at a time.
        all.shrink_to_fit();
    }
    template <class T, class Each>
    void maybe(std::optional<T>& value, Each&& each) {
        value.reset();
        if (!in.take_if("null")) each(value.emplace());
    }
};

template <class Io, class List>
void plain_list(Io& io, List& all) {
    io.list(all, [&io](auto& v) { io.one(v); });
}

template <class Io, class Session>
void visit_session(Io& io, Session& s) {
    io.raw("{\"tier\":"), io.one(s.tier);
    io.raw(",\"effort\":"), io.one(s.effort);
    io.raw(",\"effort_reason\":"), io.one(s.effort_reason);
    io.raw(",\"human_turns\":"), io.one(s.human_turns);
    io.raw(",\"requests\":"), io.one(s.requests);
    io.raw(",\"output\":"), io.one(s.output_tokens_mean);
    io.raw(",\"failed_check\":"), io.one(s.failed_check);
    io.raw(",\"warm\":"), plain_list(io, s.warm_tokens);
    io.raw("}");
}

template <class Io, class Sum>
void visit_sum(Io& io, Sum& s) {
    io.raw("{\"from\":"), io.one(s.from);
    io.raw(",\"to\":"), io.one(s.to);
    io.raw(",\"context\":"), io.one(s.context_tokens);
    io.raw(",\"warm_from\":"), io.one(s.warm_from);
    io.raw(",\"warm_to\":"), io.one(s.warm_to);
    io.raw(",\"output\":"), io.one(s.output_tokens);
    io.raw(",\"requests\":"), io.one(s.requests);
    io.raw(",\"stay\":"), io.one(s.stay);
    io.raw(",\"move\":"), io.one(s.move);
    io.raw("}");
}

// Numbers first: whoever looks for one row by hand finds them at a place that does not move.
template <class Io, class Record>
void visit(Io& io, Record& r,
           std::conditional_t<std::is_const_v<Record>, const std::int64_t, std::int64_t>& v) {
    io.raw("{\"v\":"), io.one(v);
    io.raw(",\"api\":"), io.named(r.api, api_names);
    io.raw(",\"f\":"), plain_list(io, r.features);
    io.raw(",\"words_part\":"), io.one(r.words_part);
    io.raw(",\"learned\":"), io.one(r.learned);
    io.raw(",\"weighted\":"), io.one(r.weighted);
    io.raw(",\"weights\":"), io.one(r.weights);
    io.raw(",\"words\":"), plain_list(io, r.words);
    io.raw(",\"words_absent\":"), plain_list(io, r.words_absent);
    io.raw(",\"words_lead\":"), plain_list(io, r.words_lead);
    io.raw(",\"tiers\":"), plain_list(io, r.tiers);
    io.raw(",\"stated\":"), io.maybe(r.effort, [&io](auto& word) { io.one(word); });
    io.raw(",\"thinking\":"), io.named(r.thinking, thinking_names);
    io.raw(",\"tool_choice\":"), io.named(r.tool_choice, choice_names);
    io.raw(",\"server_tools\":"), plain_list(io, r.server_tools);
    io.raw(",\"class\":"), io.one(r.traffic_class);
    io.raw(",\"wanted\":"), io.one(r.tier_wanted);
    io.raw(",\"min\":"), io.one(r.tier_min);
    io.raw(",\"error_cost\":"), io.one(r.error_cost_usd_milli);
    io.raw(",\"override\":"), io.one(r.override_effort);
    io.raw(",\"accepted\":"), io.one(r.accepted_of_class);
    io.raw(",\"lost\":"), io.one(r.reasoning_lost);
    if (v >= 2) io.raw(",\"conversation\":"), io.one(r.conversation);
    io.raw(",\"session\":"), io.maybe(r.session, [&io](auto& s) { visit_session(io, s); });
    io.raw(",\"cost\":"), io.list(r.alternatives, [&io](auto& a) {
        io.raw("["), io.one(a.tier), io.raw(","), io.one(a.cost), io.raw("]");
    });
    io.raw(",\"sum\":"), io.maybe(r.sum, [&io](auto& s) { visit_sum(io, s); });
    io.raw(",\"tier\":"), io.one(r.tier);
    io.raw(",\"effort\":"), io.one(r.effort_set);
    io.raw(",\"reason\":"), io.one(r.reason);
    io.raw(",\"effort_reason\":"), io.one(r.effort_reason);
    io.raw(",\"policy_reason\":"), io.one(r.policy_reason);
    io.raw(",\"moves\":"), io.one(r.moves_session);
    io.raw("}");
}

// Indices are used without a look afterwards.
bool indices_hold(const recorded& r) noexcept {
    const std::size_t tiers = r.tiers.size();
    const bool session = !r.session || (r.session->tier < tiers && r.session->warm_tokens.size() <= tiers);
    const bool sum = !r.sum || (r.sum->from < tiers && r.sum->to < tiers);
    return r.tier < tiers && session && sum &&
           std::ranges::all_of(r.alternatives, [tiers](const auto& a) { return a.tier < tiers; });
}

std::unexpected<fault> no_record(std::string why) {
    return weir_fault(errc::ledger, "no record of a decision: " + std::move(why));
}

}  // namespace

std::string write_record(const recorded& r) {
    record_writer out;
    put io{out};
    visit(io, r, record_version);
    return out.take();
}

result<recorded> read_record(std::string_view text) {
    if (text.size() > record_bytes_max) return no_record("too long");
    record_reader in(text);
    get io{in};
    recorded r;
    std::int64_t version = 0;
    visit(io, r, version);
    if (!in.ok() || !in.at_end())
        return no_record("not as it was written, from byte " + std::to_string(in.place()));
    if (version < 1 || version > record_version) return no_record("version " + std::to_string(version));
    if (!indices_hold(r)) return no_record("it names a tier that it does not list");
    return r;
}

}  // namespace weir::whatif
