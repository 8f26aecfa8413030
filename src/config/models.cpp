// Tiers, efforts, how their answers fail, and the names that clients may ask for.

#include "weir/dialect/api.hpp"

#include "json_members.hpp"
#include "nearest.hpp"
#include "parts.hpp"

#include <algorithm>
#include <utility>

namespace weir::config {
namespace {

constexpr std::int64_t tokens_max = 1'000'000'000;
constexpr const char* keep_word = "keep";
constexpr const char* class_default_word = "class_default";

std::vector<std::string> tier_names(const router::routing& routes) {
    std::vector<std::string> names;
    for (const auto& t : routes.tiers) names.push_back(t.name);
    return names;
}

std::vector<std::string> effort_names(const router::routing& routes) {
    std::vector<std::string> names{keep_word};
    for (const auto& e : routes.efforts) names.push_back(e.name);
    return names;
}

void need_text(section& part, const char* key, std::string& into) {
    if (const auto s = part.need(key)) into = filled_text_of(*s).value_or("");
}

router::tier read_tier(const named_spot& entry, const settings& so_far) {
    router::tier made;
    made.name = entry.key.text;
    section part{entry.value};
    if (const auto s = part.need("upstream")) {
        std::vector<std::string> names;
        for (const auto& u : so_far.upstreams) names.push_back(u.name);
        if (const auto chosen = choice_of(*s, names)) made.upstream = names[*chosen];
    }
    need_text(part, "model", made.model);
    part.read("images", made.images);
    part.read("files", made.files);
    part.read("server_tools", made.server_tools);
    part.read("context_tokens_max", made.context_tokens_max, 0, tokens_max);
    part.read("output_tokens_max", made.output_tokens_max, 0, tokens_max);
    part.finish();
    return made;
}

void read_efforts(const spot& s, router::routing& into) {
    for (const named_spot& entry : entries_of(s)) {
        if (entry.key.text == keep_word) {
            entry.value.told.say(entry.key, entry.value.path + ": `keep` adds nothing and cannot be changed");
            continue;
        }
        // kept even where it cannot be read: its name is good for those who use it
        router::effort_word made;
        made.name = entry.key.text;
        section part{entry.value};
        for (const auto api : apis_with_efforts) {
            // a word that says nothing in one API would be reported there and not asked for
            const auto said = part.need(dialect::api_of(api).name());
            if (said) made.members[static_cast<std::size_t>(api)] = said_members_of(*said);
        }
        part.finish();
        into.efforts.push_back(std::move(made));
    }
}

void read_aliases(const spot& s, router::routing& into) {
    for (const named_spot& entry : entries_of(s)) {
        const auto word = effort_of(entry.value, into);
        if (!word) continue;
        const auto names = effort_names(into);
        if (std::ranges::find(names, entry.key.text) != names.end()) {
            entry.value.told.say(entry.key, entry.value.path + ": is an effort itself");
            continue;
        }
        for (auto& effort : into.efforts) {
            if (effort.name == *word) effort.aliases.push_back(entry.key.text);
        }
    }
}

void read_routed(const spot& s, router::routing& into) {
    for (const spot& item : items_of(s)) {
        const auto name = filled_text_of(item);
        if (!name) continue;
        if (name->find('*') < name->size() - 1) {
            item.say("`*` stands only at the end", "write a beginning, such as `gpt-*`");
        } else if (std::ranges::find(into.routed, *name) != into.routed.end()) {
            item.say("is listed twice");
        } else {
            into.routed.push_back(*name);
        }
    }
}

void read_pins(const spot& s, router::routing& into) {
    for (const named_spot& entry : entries_of(s)) {
        router::pin made;
        made.name = entry.key.text;
        section part{entry.value};
        if (made.name.empty() || made.name.find('*') != std::string::npos) {
            entry.value.told.say(entry.key, entry.value.path + ": a pin is one whole name",
                                 "names with `*` belong under `routed`");
        }
        if (std::ranges::find(into.routed, made.name) != into.routed.end()) {
            entry.value.told.say(entry.key, entry.value.path + ": stands under `routed` too");
        }
        if (const auto tier = part.need("tier")) {
            made.tier = tier_of(*tier, into).value_or(0);
            if (made.tier < into.tiers.size()) made.send = into.tiers[made.tier].model;
        }
        if (const auto send = part.find("send")) made.send = filled_text_of(*send).value_or(made.send);
        if (const auto effort = part.find("effort")) made.effort = effort_of(*effort, into).value_or("");
        part.finish();
        into.pins.push_back(std::move(made));
    }
}

}  // namespace

std::optional<std::size_t> tier_of(const spot& s, const router::routing& routes) {
    return choice_of(s, tier_names(routes));
}

std::optional<std::string> effort_of(const spot& s, const router::routing& routes) {
    const auto names = effort_names(routes);
    const auto chosen = choice_of(s, names);
    if (!chosen) return std::nullopt;
    return names[*chosen];
}

std::optional<cell> cell_of(const spot& s, const router::routing& routes, bool class_default) {
    std::vector<std::string> names = tier_names(routes);
    if (class_default) names.emplace_back(class_default_word);
    const auto text = text_of(s);
    if (!text) return std::nullopt;
    if (class_default && *text == class_default_word) return cell{};
    cell made;
    std::string tier = *text;
    // a tier's own name may have a dot in it
    const std::size_t dot = text->rfind('.');
    if (dot != std::string::npos && std::ranges::find(names, *text) == names.end()) {
        tier = text->substr(0, dot);
        made.effort = text->substr(dot + 1);
        const auto efforts = effort_names(routes);
        if (std::ranges::find(efforts, made.effort) == efforts.end()) {
            s.say("the effort of " + s.shown() + " is not known here",
                  s.value.expanded ? "" : suggestion(made.effort, efforts));
            return std::nullopt;
        }
        if (class_default) names.pop_back();
    }
    const auto found = std::ranges::find(names, tier);
    if (found == names.end()) {
        const char* what = made.effort.empty() ? "" : "the tier of ";
        s.say(what + s.shown() + " is not known here", s.value.expanded ? "" : suggestion(tier, names));
        return std::nullopt;
    }
    made.tier = static_cast<std::size_t>(found - names.begin());
    return made;
}

void read_models(section& top, settings& into) {
    const auto s = top.need("models");
    if (!s) return;
    section part{*s};
    if (const auto tiers = part.need("tiers")) {
        for (const named_spot& entry : entries_of(*tiers))
            into.routes.tiers.push_back(read_tier(entry, into));
        if (tiers->value.what == node::kind::map && into.routes.tiers.empty()) tiers->say("names no tier");
    }
    if (const auto efforts = part.need("efforts")) read_efforts(*efforts, into.routes);
    if (const auto aliases = part.find("effort_aliases")) read_aliases(*aliases, into.routes);
    if (const auto word = part.need("effort_without_thinking")) {
        const auto effort = effort_of(*word, into.routes);
        if (effort == keep_word) word->say("`keep` says nothing, so it would leave thinking on");
        if (effort) into.routes.effort_without_thinking = *effort;
    }
    part.read("failed_finish_reasons", into.failed_finish_reasons);
    if (const auto routed = part.need("routed")) read_routed(*routed, into.routes);
    if (const auto pins = part.find("pins")) read_pins(*pins, into.routes);
    part.finish();
}

}  // namespace weir::config
