#include "weir/config/addresses.hpp"
#include "weir/config/settings.hpp"

#include "parts.hpp"
#include "tree.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace weir::config {
namespace {

namespace fs = std::filesystem;

// A file that weir.yaml names, relative to its folder. Problems with the file itself are told where it is
// named.
struct part_file {
    fs::path path;
    node tree;
    diagnostics told;

    spot root() { return {tree, "", told}; }
};

std::optional<part_file> open_named(const spot& named, const fs::path& folder, const environment& env,
                                    std::vector<problem>& problems) {
    const auto text = filled_text_of(named);
    if (!text) return std::nullopt;
    part_file part{(folder / *text).lexically_normal(), {}, {"", problems}};
    part.told = diagnostics{part.path.string(), problems};
    std::error_code ignored;
    if (!fs::exists(part.path, ignored)) {
        named.say("there is no file " + part.path.string(), "paths are relative to the folder of this file");
        return std::nullopt;
    }
    auto tree = read_yaml(part.path, env, part.told);
    if (!tree) return std::nullopt;
    part.tree = std::move(*tree);
    return part;
}

// The policy that takes the place of the configured one.
std::optional<part_file> open_override(const std::string& path, const environment& env,
                                       std::vector<problem>& problems) {
    part_file part{path, {}, {path, problems}};
    std::error_code ignored;
    if (!fs::exists(part.path, ignored)) {
        problems.push_back({path, 0, 0, "there is no such file", ""});
        return std::nullopt;
    }
    auto tree = read_yaml(part.path, env, part.told);
    if (!tree) return std::nullopt;
    part.tree = std::move(*tree);
    return part;
}

// What a policy file calls itself.
std::string policy_name(part_file& file) {
    section top{file.root()};
    const auto name = top.find("policy");
    return name ? name->value.text : std::string();
}

std::optional<part_file> open_part(section& top, const char* key, const fs::path& folder,
                                   const environment& env, std::vector<problem>& problems) {
    const auto named = top.need(key);
    return named ? open_named(*named, folder, env, problems) : std::nullopt;
}

// What only makes sense, or only is safe, together.
void check_exposure(section& top, const overrides& over, const settings& s) {
    const auto say = [&](const char* key, std::string message, std::string hint) {
        const auto at = top.find(key);
        top.here().told.say(at ? at->value : top.here().value, std::move(message), std::move(hint));
    };
    const std::string address = to_text(s.front.listen);
    const char* named = over.listen ? "--listen: " : "listen: ";
    const bool open = !is_loopback(s.front.listen.host);
    const bool passes_keys = std::ranges::any_of(s.upstreams, &upstream::settings::passthrough);
    if (open && s.keys.keyless()) {
        say("listen", named + address + " is reachable from other machines, and no client key is listed",
            "list client_keys, or listen on 127.0.0.1");
    }
    if (open && passes_keys) {
        say("upstreams",
            named + address + " is reachable from other machines, and an upstream has api_key: passthrough",
            "set the upstream's api_key, or listen on 127.0.0.1");
    }
    if (passes_keys && !s.keys.keyless()) {
        say("upstreams", "with client_keys, passthrough would send a key of weir's upstream",
            "set the upstream's api_key");
    }
}

void check_rule_keys(section& top, const settings& s) {
    const auto rules = top.find("rules");
    if (!rules || s.routes.rules.empty()) return;
    const auto knows = [&](const std::string& id) {
        return std::ranges::any_of(s.keys.listed(), [&](const auto& k) { return k.id == id; });
    };
    const auto items = items_of(*rules);
    for (std::size_t i = 0; i < std::min(items.size(), s.routes.rules.size()); ++i) {
        for (const auto& predicate : s.routes.rules[i].when) {
            const auto* key = std::get_if<router::key_is>(&predicate);
            if (key && !knows(key->key_id)) items[i].say("no client key has the id `" + key->key_id + '`');
        }
    }
}

// The class of a key is asked for without a word of its client, so it must be one.
void check_key_classes(section& top, const settings& s) {
    const auto keys = top.find("client_keys");
    if (!keys || s.routes.policies.empty()) return;
    std::vector<std::string> classes;
    for (const auto& c : s.routes.default_policy().classes) classes.push_back(c.name);
    for (const spot& item : items_of(*keys)) {
        section entry{item};
        if (const auto named = entry.find("class")) (void)choice_of(*named, classes);
    }
}

// The default policy, those beside it and the rules, which name all of them.
void read_policies(section& top, const fs::path& folder, const environment& env, const overrides& over,
                   std::vector<problem>& problems, router::routing& into) {
    std::vector<part_file> files;
    std::string taken;  // the name that the override has
    if (over.policy) {
        if (auto part = open_override(*over.policy, env, problems)) files.push_back(std::move(*part));
        if (files.empty()) return;
        taken = policy_name(files.front());
    }
    const auto add = [&](std::optional<part_file> part) {
        if (part && (taken.empty() || policy_name(*part) != taken)) files.push_back(std::move(*part));
    };
    add(open_part(top, "policy", folder, env, problems));
    const bool has_default = !files.empty();
    if (const auto more = top.find("more_policies")) {
        for (const spot& item : items_of(*more)) add(open_named(item, folder, env, problems));
    }
    // without tiers every line of a policy would be a problem of its own, and without a policy every rule
    if (!has_default || into.tiers.empty()) return;
    std::vector<vocabulary::list> words;
    for (part_file& file : files) {
        auto lists = read_policy(file.root(), over, problems, into);
        if (&file == &files.front()) words = std::move(lists);
    }
    read_rules(top, words, into);
}

// How long conversations are remembered: as long as any policy wants them.
void put_idle(settings& into) {
    std::int64_t longest = 0;
    for (const auto& p : into.routes.policies) {
        if (p.session.on) longest = std::max(longest, p.session.idle_ms);
    }
    if (longest > 0) into.sessions.idle_ms = longest;
}

void read_parts(section& top, const fs::path& folder, const environment& env, const overrides& over,
                std::vector<problem>& problems, settings& into) {
    if (auto part = open_part(top, "clients", folder, env, problems)) read_clients(part->root(), into);
    if (auto part = open_part(top, "prices", folder, env, problems)) {
        if (auto book = read_prices(part->root())) into.prices = std::move(*book);
    }
    read_policies(top, folder, env, over, problems, into.routes);
    put_idle(into);
}

// By file and place, each once.
void sort_problems(std::vector<problem>& problems) {
    const auto place = [](const problem& p) { return std::tie(p.file, p.line, p.column, p.message); };
    std::ranges::sort(problems, [&](const auto& a, const auto& b) { return place(a) < place(b); });
    const auto [first, last] =
        std::ranges::unique(problems, [&](const auto& a, const auto& b) { return place(a) == place(b); });
    problems.erase(first, last);
}

}  // namespace

std::string to_text(const problem& p) {
    std::string text = p.file;
    if (p.line > 0) text += ':' + std::to_string(p.line) + ':' + std::to_string(p.column);
    text += ": error: " + p.message;
    if (!p.hint.empty()) text += " (hint: " + p.hint + ')';
    return text;
}

std::expected<settings, std::vector<problem>> load(const std::filesystem::path& file, const environment& env,
                                                   const overrides& over) {
    std::vector<problem> problems;
    diagnostics told{file.string(), problems};
    const auto tree = read_yaml(file, env, told);
    if (!tree) return std::unexpected(std::move(problems));

    settings made;
    section top{{*tree, "", told}};
    if (!top.valid()) return std::unexpected(std::move(problems));
    read_listeners(top, over, made);
    read_upstreams(top, env, over, made);
    read_client_keys(top, made);
    read_ledger(top, over, made);
    read_bounds(top, made);
    read_mends(top, made);
    read_custody(top, made);
    read_sessions(top, made);
    read_models(top, made);
    read_parts(top, file.parent_path(), env, over, problems, made);
    read_forwards(top, made);
    (void)top.find("rules");
    top.finish();
    check_exposure(top, over, made);
    check_rule_keys(top, made);
    check_key_classes(top, made);
    if (problems.empty()) return made;
    sort_problems(problems);
    return std::unexpected(std::move(problems));
}

}  // namespace weir::config
